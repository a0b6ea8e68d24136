import type { Authenticated } from "../../auth/authenticator.ts";
import { HttpError } from "../../http/http-error.ts";
import { ClientDisconnectedError } from "../../http/request-body.ts";
import { whileOpen } from "../../http/while-open.ts";
import type { ClientRequest } from "../../jsonrpc/client-message.ts";
import { errorCodes } from "../../jsonrpc/error-codes.ts";
import type { ActiveExchanges, StandaloneStream } from "../../session/active-exchanges.ts";
import type { ToolPolicy } from "../../policy/tool-policy.ts";
import { ChildRejectionError } from "../../session/child-rejection-error.ts";
import type { ResourceSubscriptions } from "../../session/resource-subscriptions.ts";
import { maxSubscribedUriLength, SubscriptionLimitError } from "../../worker/subscription-limits.ts";
import { CallError } from "../../worker/call.ts";
import type { WorkerPool } from "../../worker/worker-pool.ts";
import type { Exchange } from "../exchange.ts";
import type { RequestAuthentication } from "../request-authentication.ts";
import { ListenStream } from "./listen-stream.ts";
import { respondWithCallError } from "./respond-with-call-error.ts";
import { acceptedFilter, maxSubscribedResources } from "./notification-filter.ts";

interface ListenHandlerDeps {
  readonly pool: WorkerPool;
  readonly exchanges: ActiveExchanges;
  readonly policy: ToolPolicy;
  readonly authentication: RequestAuthentication;
  readonly subscriptions: ResourceSubscriptions;
  /** Called for every stream. */
  readonly onOpened: (stream: StandaloneStream) => void;
}

/** `subscriptions/listen` (MCP 2026-07-28): opens a stream of the notifications that its filter names. */
export class ListenHandler {
  readonly #deps: ListenHandlerDeps;

  constructor(deps: ListenHandlerDeps) {
    this.#deps = deps;
  }

  async handle(exchange: Exchange, request: ClientRequest): Promise<void> {
    const { idJson } = request;
    if (!exchange.accepted.sse) {
      throw new HttpError(
        406,
        errorCodes.invalidRequest,
        "Accept text/event-stream: subscriptions/listen responds with nothing else.",
        { idJson },
      );
    }
    try {
      await this.#open(exchange, request);
    } catch (error) {
      respondWithCallError(exchange, idJson, error);
    }
  }

  async #open({ authenticated, req, res }: Exchange, { idJson, params }: ClientRequest): Promise<void> {
    const { authentication, pool, exchanges, onOpened } = this.#deps;
    const { owner, caller } = authenticated;
    const child = await pool.initializeResult(caller, whileOpen(res));
    const renewed = await authentication.renew(req);
    const filter = acceptedFilter(params?.notifications, child.capabilities);
    if (filter === undefined) {
      throw new HttpError(
        400,
        errorCodes.invalidParams,
        `"notifications" must be an object of booleans, and of at most ${maxSubscribedResources} URIs in resourceSubscriptions, none longer than ${maxSubscribedUriLength} characters.`,
        { idJson },
      );
    }
    let stream: ListenStream | undefined;
    const early: Buffer[] = [];
    const subscribed = await this.#subscribe(renewed, filter.resources, (message) => {
      if (stream === undefined) early.push(message);
      else stream.send(message);
    });
    const endAll = () => {
      for (const end of subscribed.values()) end();
    };
    if (res.destroyed) {
      endAll();
      throw new ClientDisconnectedError();
    }
    stream = new ListenStream(
      owner,
      idJson,
      { ...filter, resources: [...subscribed.keys()] },
      child.serverInfo,
      res,
    );
    for (const message of early) stream.send(message);
    const opened = stream;
    exchanges.addStream(opened);
    res.once("close", () => {
      exchanges.deleteStream(opened);
      endAll();
    });
    onOpened(opened);
  }

  /** Resolves with the end of each subscription that succeeded, by URI. */
  async #subscribe(
    { caller, access }: Authenticated,
    uris: readonly string[],
    onUpdated: (message: Buffer) => void,
  ): Promise<ReadonlyMap<string, () => void>> {
    const { policy, subscriptions } = this.#deps;
    const ends = new Map<string, () => void>();
    const subscribe = async (uri: string) => {
      try {
        const subscriber = { receiver: onUpdated, onUpdated, isListening: () => true };
        ends.set(uri, await subscriptions.subscribe(caller, uri, subscriber));
      } catch (error) {
        if (!isOfOneResource(error)) throw error;
      }
    };
    const allowed = uris.filter((uri) => policy.shows(access, "resource", uri));
    const outcomes = await Promise.allSettled(allowed.map(subscribe));
    const rejected = outcomes.find((outcome) => outcome.status === "rejected");
    if (rejected === undefined) return ends;
    for (const end of ends.values()) end();
    throw rejected.reason;
  }
}

/** The other subscriptions stay: the acknowledgement tells the client which ones it has. */
function isOfOneResource(error: unknown): boolean {
  if (error instanceof ChildRejectionError || error instanceof SubscriptionLimitError) return true;
  return error instanceof CallError && error.kind === "failed";
}
