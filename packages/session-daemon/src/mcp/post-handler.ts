import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { WholeBodyRequest } from "@fjmcp/shared/http-server/whole-body-request";
import type { AccountId } from "@fjmcp/shared/ids";
import { attempt } from "../attempt.ts";
import type { Authenticated } from "../auth/authenticator.ts";
import { AccountTurns } from "../http/account-turns.ts";
import { acceptedTypes, requireJsonBody } from "../http/content-negotiation.ts";
import { errorResponse, HttpError } from "../http/http-error.ts";
import { ClientDisconnectedError } from "../http/request-body.ts";
import { RequestMemoryBudget } from "../http/request-memory-budget.ts";
import { isBatch, parseClientBatch } from "../jsonrpc/client-batch.ts";
import { resultResponse, sendMessage } from "../http/send-message.ts";
import { whileOpen } from "../http/while-open.ts";
import { parseClientMessage, type ClientMessage, type ClientRequest } from "../jsonrpc/client-message.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { InvalidMessageError } from "../jsonrpc/invalid-message-error.ts";
import type { SessionOpener } from "../session/session-opener.ts";
import { CallError } from "../worker/call.ts";
import type { SessionWorkers } from "../worker/session-workers.ts";
import type { CallDispatcher } from "./call-dispatcher.ts";
import type { Exchange } from "./exchange.ts";
import type { HttpErrorMapper } from "./http-error-mapper.ts";
import { forwardedMethods, forwardedNotifications } from "./forwarded-methods.ts";
import type { RequestAuthentication } from "./request-authentication.ts";
import { requireSession, requireSupportedVersion } from "./request-checks.ts";
import { acceptsBatches, respondToBatch } from "./respond-to-batch.ts";
import type { SessionClientBridge } from "./session-client-bridge.ts";
import { sessionMethods, type SessionRequests } from "./session-requests.ts";
import { eraOf } from "./stateless/era-of.ts";
import type { StatelessHandler } from "./stateless/stateless-handler.ts";
import { unauthorized } from "./unauthorized.ts";

/** Parsing a larger body waits for a turn: it may need a millisecond for 16 KiB. */
const smallBodyBytes = 16 * 1024;

/** An exchange before its authentication was renewed. */
type ReceivedPost = Omit<Exchange, "authenticated">;

/** The children that serve one session each. */
interface OwnChildren {
  readonly workers: SessionWorkers;
  readonly clients: SessionClientBridge;
}

interface PostHandlerDeps {
  readonly issuer: string;
  readonly opener: SessionOpener;
  readonly calls: CallDispatcher;
  readonly sessionRequests: SessionRequests;
  /** Undefined where the sessions of a grant share its workers. */
  readonly ownChildren: OwnChildren | undefined;
  readonly stateless: StatelessHandler;
  readonly authentication: RequestAuthentication;
  readonly errors: HttpErrorMapper;
  readonly keepAliveMs: number;
}

/** `POST /mcp`: one JSON-RPC message from the client, or a batch of them in a session of 2025-03-26. */
export class PostHandler {
  readonly #issuer: string;
  readonly #opener: SessionOpener;
  readonly #calls: CallDispatcher;
  readonly #sessionRequests: SessionRequests;
  readonly #ownChildren: OwnChildren | undefined;
  readonly #stateless: StatelessHandler;
  readonly #authentication: RequestAuthentication;
  readonly #errors: HttpErrorMapper;
  readonly #keepAliveMs: number;
  readonly #memoryBudget = new RequestMemoryBudget();
  readonly #turns = new AccountTurns();

  constructor({
    issuer,
    opener,
    calls,
    sessionRequests,
    ownChildren,
    stateless,
    authentication,
    errors,
    keepAliveMs,
  }: PostHandlerDeps) {
    this.#authentication = authentication;
    this.#errors = errors;
    this.#keepAliveMs = keepAliveMs;
    this.#issuer = issuer;
    this.#opener = opener;
    this.#calls = calls;
    this.#sessionRequests = sessionRequests;
    this.#ownChildren = ownChildren;
    this.#stateless = stateless;
  }

  /** As `MethodHandler.handle`. */
  handle(
    req: WholeBodyRequest,
    res: ServerResponse,
    { owner }: Authenticated,
    onError: (error: unknown) => void,
  ): Promise<void> | undefined {
    requireJsonBody(req.headers);
    const accepted = acceptedTypes(req.headers.accept);
    if (!accepted.json && !accepted.sse) {
      throw new HttpError(
        406,
        errorCodes.serverError,
        "Accept application/json and text/event-stream: the response is one of them.",
      );
    }
    const received = { req, res, accepted };
    const isSmall = req.receiveBody(smallBodyBytes, (body) => {
      attempt(() => this.#handleBody(received, body), onError);
    });
    if (isSmall) return undefined;
    return this.#readBody(owner.accountId, req, res).then((body) => this.#handleBody(received, body));
  }

  async #readBody(accountId: AccountId, req: IncomingMessage, res: ServerResponse): Promise<Buffer> {
    const body = await this.#memoryBudget.read(accountId, req, res);
    if (body.length > smallBodyBytes) await this.#turns.next(accountId);
    return body;
  }

  #handleBody(received: ReceivedPost, body: Buffer): Promise<void> | undefined {
    if (received.res.destroyed) throw new ClientDisconnectedError();
    const text = decode(body);
    // Its grant may have been narrowed while the body arrived.
    const renewed = this.#authentication.renew(received.req);
    return renewed instanceof Promise
      ? renewed.then((authenticated) => this.#handleText({ ...received, authenticated }, text))
      : this.#handleText({ ...received, authenticated: renewed }, text);
  }

  #handleText(exchange: Exchange, text: string): Promise<void> | undefined {
    const { req, res } = exchange;
    if (res.destroyed) throw new ClientDisconnectedError();
    if (!isBatch(text) || !acceptsBatches(exchange))
      return this.#handleMessage(exchange, parseClientMessage(text));
    return respondToBatch(exchange, parseClientBatch(text), {
      keepAliveMs: this.#keepAliveMs,
      // Or while a message before this one was handled.
      handle: async (member, message) =>
        this.#handleMessage({ ...member, authenticated: await this.#authentication.renew(req) }, message),
      errorFor: (error, idJson) => this.#errors.map(req, error, idJson),
    });
  }

  #handleMessage(exchange: Exchange, message: ClientMessage): Promise<void> | undefined {
    if (message.kind !== "response" && eraOf(message, exchange.req.headers) === "stateless")
      return this.#stateless.handle(exchange, message);
    if (message.kind !== "request") {
      this.#acknowledge(exchange, message);
      return undefined;
    }
    const { request } = message;
    // Its body negotiates the version, whatever the header names.
    if (request.method === "initialize") return this.#initialize(exchange, request);
    requireSupportedVersion(exchange.req, request.idJson);
    return this.#respond(exchange, request);
  }

  /** Every request but `initialize`. A call that is forwarded responds later. */
  #respond(exchange: Exchange, request: ClientRequest): Promise<void> | undefined {
    const { req, res, authenticated, accepted } = exchange;
    const { idJson, method } = request;
    const session = requireSession(req, authenticated, idJson);
    if (method === "ping") sendMessage(res, accepted, resultResponse(idJson, {}));
    else if (
      forwardedMethods.has(method) ||
      (this.#ownChildren !== undefined && sessionMethods.has(method))
    ) {
      this.#calls.run(authenticated, session, request, res, accepted);
    } else if (sessionMethods.has(method)) {
      return this.#sessionRequests
        .respond(exchange, session, request)
        .then((message) => sendMessage(res, accepted, message));
    } else {
      const error = errorResponse(idJson, errorCodes.methodNotFound, "This method is not offered here.");
      sendMessage(res, accepted, error);
    }
    return undefined;
  }

  /** Notifications and responses: 202 without a body. */
  #acknowledge(
    { req, res, authenticated }: Exchange,
    message: Exclude<ClientMessage, { kind: "request" }>,
  ): void {
    const method = message.kind === "notification" ? message.method : undefined;
    const params = message.kind === "notification" ? message.params : undefined;
    requireSupportedVersion(req);
    // Some clients send this one without the session id.
    const isEarly = method === "notifications/initialized" && req.headers["mcp-session-id"] === undefined;
    if (!isEarly) {
      const session = requireSession(req, authenticated);
      if (message.kind === "response") this.#ownChildren?.clients.settle(session.hash, message.response);
      else if (message.method === "notifications/cancelled") this.#calls.cancel(session.hash, params ?? {});
      else if (forwardedNotifications.has(message.method))
        this.#ownChildren?.workers.notify(session.hash, message.method, params);
    }
    res.writeHead(202, { "content-length": 0 });
    res.end();
  }

  async #initialize({ res, authenticated, accepted }: Exchange, request: ClientRequest): Promise<void> {
    const remember = this.#authentication.beforeSession(res.req);
    try {
      const opened = await this.#opener.open(authenticated.caller, request.params ?? {}, whileOpen(res));
      if (opened === undefined) throw unauthorized(this.#issuer, res.req, "invalid_token");
      remember(opened.sessionId, opened.session);
      res.setHeader("mcp-session-id", opened.sessionId);
      sendMessage(res, accepted, resultResponse(request.idJson, opened.result));
    } catch (error) {
      if (!(error instanceof CallError) || error.kind === "token_rejected") throw error;
      sendMessage(res, accepted, errorResponse(request.idJson, error.code, error.message));
    }
  }
}

/** Throws InvalidMessageError. */
function decode(body: Buffer): string {
  if (!isUtf8(body)) throw new InvalidMessageError(errorCodes.parse, "The body is not valid UTF-8.");
  return body.toString("utf8");
}
