import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { displayText } from "@fjmcp/shared/display-text";
import type { WholeBodyRequest } from "@fjmcp/shared/http-server/whole-body-request";
import type { AccountId } from "@fjmcp/shared/ids";
import { parseRequestTarget } from "@fjmcp/shared/net/request-target";
import { isMcpPath } from "@fjmcp/shared/oauth/mcp-resource";
import { attempt } from "../attempt.ts";
import type { Authenticated, AuthenticationResult } from "../auth/authenticator.ts";
import type { Events } from "../events.ts";
import { HttpError, sendHttpError } from "../http/http-error.ts";
import { isPreflight, respondToPreflight, type OriginPolicy } from "../http/origin-policy.ts";
import { ClientDisconnectedError } from "../http/request-body.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import type { HttpErrorMapper } from "./http-error-mapper.ts";
import type { RequestAuthentication } from "./request-authentication.ts";
import type { StreamProbes } from "./stream-probes.ts";

const maxLoggedPath = 200;

/** Serves one HTTP method, after authentication. */
interface MethodHandler {
  /**
   * Throws, rejects or calls `onError` with an error that `McpEndpoint` maps to a response. Without a promise it may respond
   * later.
   */
  handle(
    req: WholeBodyRequest,
    res: ServerResponse,
    authenticated: Authenticated,
    onError: (error: unknown) => void,
  ): Promise<void> | undefined;
}

interface McpEndpointDeps {
  readonly origins: OriginPolicy;
  readonly authentication: RequestAuthentication;
  readonly streamProbes: StreamProbes;
  /** By HTTP method. */
  readonly methods: Readonly<Record<string, MethodHandler>>;
  /** The account of each connection's last request that was authenticated. */
  readonly accounts: WeakMap<Socket, AccountId>;
  readonly events: Events;
  readonly onHttpError: (status: number) => void;
  readonly errors: HttpErrorMapper;
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

  /** Responds to the request in every case; never throws. */
  handle(req: WholeBodyRequest, res: ServerResponse): void {
    const onError = (error: unknown) => this.#fail(res, error);
    attempt(() => this.#authenticate(req, res, onError), onError);
  }

  /** A cached authentication is not awaited, here and where it is renewed: promises cost a small call a tenth. */
  #authenticate(
    req: WholeBodyRequest,
    res: ServerResponse,
    onError: (error: unknown) => void,
  ): Promise<void> | undefined {
    const { authentication, events, origins } = this.#deps;
    const target = parseRequestTarget(req.url);
    if (events.logsRequests) {
      const { method } = req;
      const path = displayText(target?.path ?? req.url, maxLoggedPath);
      res.once("finish", () => events.requestServed({ method, path, status: res.statusCode }));
    }
    if (target === undefined || !isMcpPath(target.path)) {
      throw new HttpError(404, errorCodes.serverError, "There is nothing here.");
    }
    origins.apply(req, res);
    if (isPreflight(req)) {
      respondToPreflight(req, res);
      return undefined;
    }
    const result = authentication.verify(req);
    return result instanceof Promise
      ? result.then((verified) => this.#serve(req, res, verified, onError))
      : this.#serve(req, res, result, onError);
  }

  #serve(
    req: WholeBodyRequest,
    res: ServerResponse,
    verified: AuthenticationResult,
    onError: (error: unknown) => void,
  ): Promise<void> | undefined {
    if (verified === "invalid_token" && this.#deps.streamProbes.open(req, res)) return undefined;
    const authenticated = this.#deps.authentication.accept(req, verified);
    this.#deps.accounts.set(req.socket, authenticated.owner.accountId);
    // A handler that waits for the close of the connection would miss one that has happened.
    if (res.destroyed) throw new ClientDisconnectedError();
    return this.#handlerOf(req).handle(req, res, authenticated, onError);
  }

  #handlerOf(req: WholeBodyRequest): MethodHandler {
    const handler = this.#methods.get(req.method ?? "");
    if (handler !== undefined) return handler;
    throw new HttpError(405, errorCodes.serverError, "The MCP endpoint accepts GET, POST and DELETE.", {
      headers: { allow: [...this.#methods.keys(), "OPTIONS"].join(", ") },
    });
  }

  #fail(res: ServerResponse, error: unknown): void {
    if (error instanceof ClientDisconnectedError) res.destroy();
    else {
      const httpError = this.#deps.errors.map(res.req, error);
      this.#deps.onHttpError(httpError.status);
      sendHttpError(res, httpError);
    }
  }
}
