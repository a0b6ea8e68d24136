import type { IncomingMessage, ServerResponse } from "node:http";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import { mcpPath } from "@fjmcp/shared/oauth/mcp-resource";
import type { Authenticated, Authenticator, AuthenticationResult } from "../auth/authenticator.ts";
import type { Events } from "../events.ts";
import { InvalidMessageError } from "../jsonrpc/invalid-message-error.ts";
import { StoreUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";
import { CallError } from "../worker/call.ts";
import { answerPreflight, isPreflight, type OriginPolicy } from "../http/origin-policy.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { HttpError, sendHttpError } from "../http/http-error.ts";
import { ClientDisconnectedError } from "../http/request-body.ts";
import { unauthorized } from "./unauthorized.ts";

/** What answers one HTTP method once the token is known to be good. */
export interface MethodHandler {
  handle(req: IncomingMessage, res: ServerResponse, authenticated: Authenticated): Promise<void> | void;
}

/**
 * The MCP endpoint (Streamable HTTP): `/mcp`, and nothing beside it. On every method the Origin and then the token are
 * checked first, before the method itself and before a byte of the body is read; only a preflight needs no token.
 */
export class McpEndpoint {
  readonly #issuer: string;
  readonly #origins: OriginPolicy;
  readonly #authenticator: Authenticator;
  readonly #methods: ReadonlyMap<string, MethodHandler>;
  readonly #events: Events;

  constructor(parts: {
    issuer: string;
    origins: OriginPolicy;
    authenticator: Authenticator;
    methods: Readonly<Record<string, MethodHandler>>;
    events: Events;
  }) {
    this.#issuer = parts.issuer;
    this.#origins = parts.origins;
    this.#authenticator = parts.authenticator;
    this.#methods = new Map(Object.entries(parts.methods));
    this.#events = parts.events;
  }

  /** Answers the request, whatever happens. */
  handle(req: IncomingMessage, res: ServerResponse): void {
    if (this.#events.wantsRequests) {
      const { method, url = "" } = req;
      res.once("finish", () => {
        this.#events.requestAnswered({ method, path: pathOf(url), status: res.statusCode });
      });
    }
    const failed = (error: unknown) => this.#fail(res, error);
    try {
      this.#answer(req, res)?.catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  /** No promise where nothing has to be waited for, here and below. */
  #answer(req: IncomingMessage, res: ServerResponse): Promise<void> | void {
    if (pathOf(req.url ?? "") !== mcpPath)
      throw new HttpError(404, errorCodes.serverError, "There is nothing here.");
    this.#origins.apply(req, res);
    if (isPreflight(req)) return answerPreflight(res);
    const authenticated = this.#authenticate(req);
    return authenticated instanceof Promise
      ? authenticated.then((known) => this.#dispatch(req, res, known))
      : this.#dispatch(req, res, authenticated);
  }

  #authenticate({ headers }: IncomingMessage): AuthenticationResult | Promise<AuthenticationResult> {
    const sessionId = headers["mcp-session-id"];
    return this.#authenticator.authenticate(
      headers.authorization,
      Array.isArray(sessionId) ? undefined : sessionId,
    );
  }

  #dispatch(
    req: IncomingMessage,
    res: ServerResponse,
    authenticated: AuthenticationResult,
  ): Promise<void> | void {
    if (typeof authenticated !== "object") throw unauthorized(this.#issuer, authenticated);
    // From here on whoever listens for the close of the connection must hear of it.
    if (res.destroyed) throw new ClientDisconnectedError();
    const handler = this.#methods.get(req.method ?? "");
    if (handler === undefined) {
      throw new HttpError(405, errorCodes.serverError, "The MCP endpoint takes GET, POST and DELETE.", {
        headers: { allow: [...this.#methods.keys(), "OPTIONS"].join(", ") },
      });
    }
    return handler.handle(req, res, authenticated);
  }

  #fail(res: ServerResponse, error: unknown): void {
    const refusal = this.#refusalFor(error);
    if (refusal === undefined) res.destroy();
    else sendHttpError(res, refusal);
  }

  #refusalFor(error: unknown): HttpError | undefined {
    if (error instanceof HttpError) return error;
    if (error instanceof ClientDisconnectedError) return undefined;
    if (error instanceof InvalidMessageError) {
      return new HttpError(400, error.code, error.message, { idJson: error.idJson });
    }
    if (error instanceof CallError && error.kind === "token_rejected") {
      return unauthorized(this.#issuer, "invalid_token");
    }
    const reference = newErrorReference();
    this.#events.requestFailed(reference, error);
    if (error instanceof StoreUnavailableError) {
      return new HttpError(
        503,
        errorCodes.serverError,
        `The server can not reach its store just now. Try again in a few seconds. Reference: ${reference}`,
        { headers: { "retry-after": "2" } },
      );
    }
    return new HttpError(
      500,
      errorCodes.internal,
      `Something went wrong here. Try again; if it stays, tell the administrator this reference: ${reference}`,
    );
  }
}

/** The path of a request target in origin or absolute form (RFC 9112 §3.2), without its query. */
function pathOf(target: string): string {
  if (target.startsWith("/")) {
    const query = target.indexOf("?");
    return query === -1 ? target : target.slice(0, query);
  }
  return URL.canParse(target) ? new URL(target).pathname : target;
}
