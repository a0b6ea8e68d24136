import { invalidLogLevel, isMcpLogLevel } from "@fjmcp/shared/mcp-log-level";
import type { CallerSession } from "../auth/authenticator.ts";
import { errorResponse } from "../http/http-error.ts";
import { resultResponse } from "../http/send-message.ts";
import { whileOpen } from "../http/while-open.ts";
import type { ClientRequest } from "../jsonrpc/client-message.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { ChildRejectionError } from "../session/child-rejection-error.ts";
import type { SessionLogLevels } from "../session/session-log-levels.ts";
import type { SessionStore } from "../session/session-store.ts";
import type { SessionSubscriptions } from "../session/session-subscriptions.ts";
import { invalidUri, isSubscribableUri, SubscriptionLimitError } from "../worker/subscription-limits.ts";
import { CallError } from "../worker/call.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";
import type { Exchange } from "./exchange.ts";
import type { PolicyGate } from "./policy-gate.ts";
import type { RequestAuthentication } from "./request-authentication.ts";
import { requireSession } from "./request-checks.ts";

/** The worker of a single session gets these requests as they are. */
export const sessionMethods: ReadonlySet<string> = new Set([
  "logging/setLevel",
  "resources/subscribe",
  "resources/unsubscribe",
]);

interface SessionRequestsDeps {
  readonly pool: WorkerPool;
  readonly gate: PolicyGate;
  readonly authentication: RequestAuthentication;
  readonly store: SessionStore;
  readonly levels: SessionLogLevels;
  readonly subscriptions: SessionSubscriptions;
}

/** The requests that change the state of a session, which the broker keeps because sessions share their child. */
export class SessionRequests {
  readonly #deps: SessionRequestsDeps;

  constructor(deps: SessionRequestsDeps) {
    this.#deps = deps;
  }

  /** Resolves with the whole response. Rejects with an error that `McpEndpoint` maps to a response. */
  async respond(
    { req, res, authenticated }: Exchange,
    session: CallerSession,
    request: ClientRequest,
  ): Promise<Buffer> {
    const { caller } = authenticated;
    const { idJson, method, params = {} } = request;
    try {
      // The policy too can decide only once a worker has started.
      const { capabilities } = await this.#deps.pool.initializeResult(caller, whileOpen(res));
      const isOffered =
        method === "logging/setLevel" ? capabilities.logging : capabilities.resources?.subscribe;
      if (isOffered === undefined || isOffered === false)
        return errorResponse(
          idJson,
          errorCodes.methodNotFound,
          "The server program does not offer this method.",
        );
      const renewed = await this.#deps.authentication.renew(req);
      // It may have ended: what it subscribes to now would stay.
      requireSession(req, renewed, idJson);
      const rejection = this.#deps.gate.check(renewed, request, req);
      if (rejection !== undefined) return errorResponse(idJson, rejection.code, rejection.message);
      const { level, uri } = params;
      if (method === "logging/setLevel") {
        if (!isMcpLogLevel(level)) return invalidParams(idJson, invalidLogLevel);
        if (level !== this.#deps.levels.of(session.hash))
          await this.#deps.store.setLogLevel(session.hash, level);
        this.#deps.levels.set(caller, session.hash, level);
      } else {
        if (!isSubscribableUri(uri)) return invalidParams(idJson, invalidUri);
        if (method === "resources/subscribe")
          await this.#deps.subscriptions.subscribe(caller, session.hash, uri);
        else await this.#deps.subscriptions.unsubscribe(session.hash, uri);
      }
      return resultResponse(idJson, {});
    } catch (error) {
      return failed(idJson, error);
    }
  }
}

function failed(idJson: string, error: unknown): Buffer {
  if (error instanceof ChildRejectionError)
    return Buffer.from(`{"jsonrpc":"2.0","id":${idJson},"error":${JSON.stringify(error.error)}}`);
  if (error instanceof SubscriptionLimitError)
    return errorResponse(idJson, errorCodes.serverError, error.message);
  if (error instanceof CallError && error.kind === "failed")
    return errorResponse(idJson, error.code, error.message);
  throw error;
}

function invalidParams(idJson: string, message: string): Buffer {
  return errorResponse(idJson, errorCodes.invalidParams, message);
}
