import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { displayText } from "@fjmcp/shared/display-text";
import type { AccountId } from "@fjmcp/shared/ids";
import { parseRequestTarget } from "@fjmcp/shared/net/request-target";
import { isMcpPath } from "@fjmcp/shared/oauth/mcp-resource";
import { StoreUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";
import type { Authenticated, AuthenticationResult, Authenticator } from "../auth/authenticator.ts";
import type { Events } from "../events.ts";
import { HttpError, sendHttpError } from "../http/http-error.ts";
import { isPreflight, respondToPreflight, type OriginPolicy } from "../http/origin-policy.ts";
import { ClientDisconnectedError } from "../http/request-body.ts";
import { retryAfter } from "../http/retry-after.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { InvalidMessageError } from "../jsonrpc/invalid-message-error.ts";
import { CallError } from "../worker/call.ts";
import type { SessionWorkers } from "../worker/session-workers.ts";
import { narrow } from "./client-narrowing.ts";
import type { StreamProbes } from "./stream-probes.ts";
import { unauthorized } from "./unauthorized.ts";

const maxLoggedPath = 200;

/** Serves one HTTP method, after authentication. */
export interface MethodHandler {
  /** Rejects with an error that `McpEndpoint` maps to a response. */
  handle(req: IncomingMessage, res: ServerResponse, authenticated: Authenticated): Promise<void>;
}

interface McpEndpointDeps {
  readonly issuer: string;
  readonly origins: OriginPolicy;
  readonly authenticator: Authenticator;
  readonly streamProbes: StreamProbes;
  /** Undefined where the sessions of a grant share its workers. */
  readonly sessionWorkers: SessionWorkers | undefined;
  /** By HTTP method. */
  readonly methods: Readonly<Record<string, MethodHandler>>;
  /** The account of each connection's last request that was authenticated. */
  readonly accounts: WeakMap<Socket, AccountId>;
  readonly events: Events;
  readonly onHttpError: (status: number) => void;
}

/**
 * The MCP endpoint (MCP, "Streamable HTTP"): `/mcp` and `/mcp/`, and no other path. On every method the Origin and then the token
 * are checked first, before the method itself and before a byte of the body is read; only a preflight needs no token.
 */
export class McpEndpoint {
  readonly #deps: McpEndpointDeps;
  readonly #methods: ReadonlyMap<string, MethodHandler>;

  constructor(deps: McpEndpointDeps) {
    this.#deps = deps;
    this.#methods = new Map(Object.entries(deps.methods));
  }

  /** Responds to the request in every case; never rejects. */
  async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { authenticator, events, origins } = this.#deps;
    const target = parseRequestTarget(req.url);
    if (events.logsRequests) {
      const { method } = req;
      const path = displayText(target?.path ?? req.url, maxLoggedPath);
      res.once("finish", () => events.requestServed({ method, path, status: res.statusCode }));
    }
    try {
      if (target === undefined || !isMcpPath(target.path)) {
        throw new HttpError(404, errorCodes.serverError, "There is nothing here.");
      }
      origins.apply(req, res);
      if (isPreflight(req)) {
        respondToPreflight(res);
        return;
      }
      const result = authenticator.authenticate(req.headers.authorization, sessionIdOf(req));
      // A cached result is not awaited: that saves a microtask for each call.
      const verified = result instanceof Promise ? await result : result;
      if (verified === "invalid_token" && this.#deps.streamProbes.open(req, res)) return;
      const authenticated = this.#requireAuthenticated(req, verified);
      this.#deps.accounts.set(req.socket, authenticated.owner.accountId);
      // A handler that waits for the close of the connection would miss one that has happened.
      if (res.destroyed) throw new ClientDisconnectedError();
      const narrowed = narrow(authenticated, target.query, req.headers);
      await this.#handlerOf(req).handle(req, res, narrowed);
    } catch (error) {
      this.#fail(res, error);
    }
  }

  #requireAuthenticated(req: IncomingMessage, result: AuthenticationResult): Authenticated {
    if (typeof result !== "object") throw unauthorized(this.#deps.issuer, req, result);
    const { owner, session } = result;
    const { sessionWorkers } = this.#deps;
    // A session ends with the worker that it has to itself.
    const hasEnded =
      sessionWorkers !== undefined && session !== undefined && !sessionWorkers.isOpen(owner, session.hash);
    return hasEnded ? { ...result, session: undefined } : result;
  }

  #handlerOf(req: IncomingMessage): MethodHandler {
    const handler = this.#methods.get(req.method ?? "");
    if (handler !== undefined) return handler;
    throw new HttpError(405, errorCodes.serverError, "The MCP endpoint accepts GET, POST and DELETE.", {
      headers: { allow: [...this.#methods.keys(), "OPTIONS"].join(", ") },
    });
  }

  #fail(res: ServerResponse, error: unknown): void {
    if (error instanceof ClientDisconnectedError) res.destroy();
    else {
      const httpError = this.#httpErrorFor(res.req, error);
      this.#deps.onHttpError(httpError.status);
      sendHttpError(res, httpError);
    }
  }

  #httpErrorFor(req: IncomingMessage, error: unknown): HttpError {
    if (error instanceof HttpError) return error;
    if (error instanceof InvalidMessageError) {
      return new HttpError(400, error.code, error.message, { idJson: error.idJson });
    }
    if (error instanceof CallError && error.kind === "token_rejected") {
      return unauthorized(this.#deps.issuer, req, "invalid_token");
    }
    const reference = this.#deps.events.requestFailed(error);
    if (error instanceof StoreUnavailableError) {
      return new HttpError(
        503,
        errorCodes.serverError,
        `The server cannot reach its store just now. Try again in a few seconds. Reference: ${reference}`,
        { headers: retryAfter("storeUnavailable") },
      );
    }
    return new HttpError(
      500,
      errorCodes.internal,
      `Something went wrong here. Try again; if it stays, tell the administrator this reference: ${reference}`,
    );
  }
}

/** Node joins a repeated header of this name with commas, so it is never an array. */
function sessionIdOf({ headers }: IncomingMessage): string | undefined {
  const sessionId = headers["mcp-session-id"];
  return Array.isArray(sessionId) ? undefined : sessionId;
}
