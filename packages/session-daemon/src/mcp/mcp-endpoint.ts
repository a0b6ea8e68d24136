import type { IncomingMessage, ServerResponse } from "node:http";
import { mcpPath } from "@fjmcp/shared/oauth/mcp-resource";
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
import { unauthorized } from "./unauthorized.ts";

/** Serves one HTTP method, after authentication. */
export interface MethodHandler {
  /** Rejects with an error that `McpEndpoint` maps to a response. */
  handle(req: IncomingMessage, res: ServerResponse, authenticated: Authenticated): Promise<void>;
}

interface McpEndpointDeps {
  readonly issuer: string;
  readonly origins: OriginPolicy;
  readonly authenticator: Authenticator;
  /** By HTTP method. */
  readonly methods: Readonly<Record<string, MethodHandler>>;
  readonly events: Events;
}

/**
 * The MCP endpoint (MCP, "Streamable HTTP"): `/mcp`, and no other path. On every method the Origin and then the token
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
    if (events.logsRequests) {
      const { method, url = "" } = req;
      res.once("finish", () => {
        events.requestServed({ method, path: pathOf(url), status: res.statusCode });
      });
    }
    try {
      if (pathOf(req.url ?? "") !== mcpPath) {
        throw new HttpError(404, errorCodes.serverError, "There is nothing here.");
      }
      origins.apply(req, res);
      if (isPreflight(req)) {
        respondToPreflight(res);
        return;
      }
      const result = authenticator.authenticate(req.headers.authorization, sessionIdOf(req));
      // A cached result is not awaited: that saves a microtask for each call.
      const authenticated = this.#requireAuthenticated(result instanceof Promise ? await result : result);
      // A handler that waits for the close of the connection would miss one that has happened.
      if (res.destroyed) throw new ClientDisconnectedError();
      await this.#handlerOf(req).handle(req, res, authenticated);
    } catch (error) {
      this.#fail(res, error);
    }
  }

  #requireAuthenticated(result: AuthenticationResult): Authenticated {
    if (typeof result !== "object") throw unauthorized(this.#deps.issuer, result);
    return result;
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
    else sendHttpError(res, this.#httpErrorFor(error));
  }

  #httpErrorFor(error: unknown): HttpError {
    if (error instanceof HttpError) return error;
    if (error instanceof InvalidMessageError) {
      return new HttpError(400, error.code, error.message, { idJson: error.idJson });
    }
    if (error instanceof CallError && error.kind === "token_rejected") {
      return unauthorized(this.#deps.issuer, "invalid_token");
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

/** The path of a request target in origin or absolute form (RFC 9112 §3.2), without its query. */
function pathOf(target: string): string {
  if (target.startsWith("/")) {
    const query = target.indexOf("?");
    return query === -1 ? target : target.slice(0, query);
  }
  return URL.canParse(target) ? new URL(target).pathname : target;
}
