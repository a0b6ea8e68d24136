import { HttpError } from "../../http/http-error.ts";
import { ClientDisconnectedError } from "../../http/request-body.ts";
import { resultResponse, sendMessage } from "../../http/send-message.ts";
import { whileOpen } from "../../http/while-open.ts";
import type { ClientMessage, ClientRequest } from "../../jsonrpc/client-message.ts";
import { errorCodes } from "../../jsonrpc/error-codes.ts";
import { CallError } from "../../worker/call.ts";
import type { ParamHeader } from "../../worker/param-header.ts";
import type { WorkerPool } from "../../worker/worker-pool.ts";
import type { CallDispatcher } from "../call-dispatcher.ts";
import type { Exchange } from "../exchange.ts";
import { forwardedMethods } from "../forwarded-methods.ts";
import { discoverResult } from "./discover-result.ts";
import type { PolicyGate } from "../policy-gate.ts";
import type { RequestAuthentication } from "../request-authentication.ts";
import type { ListenHandler } from "./listen-handler.ts";
import { checkParamHeaders } from "./param-headers.ts";
import { claimedVersion, requireRequestMeta } from "./request-meta.ts";
import { respondWithCallError } from "./respond-with-call-error.ts";
import { checkRepeatedHeaders, checkStandardHeaders } from "./standard-headers.ts";

interface StatelessHandlerDeps {
  readonly pool: WorkerPool;
  readonly calls: CallDispatcher;
  readonly gate: PolicyGate;
  readonly authentication: RequestAuthentication;
  readonly listen: ListenHandler;
}

/**
 * Messages of the revisions without sessions (MCP 2026-07-28): each is checked by itself, and no state of an earlier one is
 * read. What the client names as session or last event is ignored.
 */
export class StatelessHandler {
  readonly #deps: StatelessHandlerDeps;

  constructor(deps: StatelessHandlerDeps) {
    this.#deps = deps;
  }

  /** Throws or rejects with an error that `McpEndpoint` maps to a response. */
  handle(
    exchange: Exchange,
    message: Exclude<ClientMessage, { kind: "response" }>,
  ): Promise<void> | undefined {
    if (message.kind === "notification") {
      acknowledge(exchange, message.method, message.params);
      return undefined;
    }
    const { request } = message;
    const version = requireRequestMeta(request.params, request.idJson);
    checkStandardHeaders(exchange.req.headers, request, version);
    if (request.method === "server/discover") return this.#discover(exchange, request);
    if (request.method === "subscriptions/listen") return this.#deps.listen.handle(exchange, request);
    if (request.method === "tools/call") return this.#callTool(exchange, request);
    if (forwardedMethods.has(request.method)) return this.#run(exchange, request);
    throw methodNotFound(request.idJson);
  }

  /** The call responds later. */
  #run({ authenticated, res, accepted }: Exchange, request: ClientRequest): undefined {
    this.#deps.calls.runStateless(authenticated, request, res, accepted);
  }

  /** Without the headers that the tool declares a call cannot be checked, and does not run. */
  #callTool(exchange: Exchange, request: ClientRequest): Promise<void> | undefined {
    const { authenticated, req, res } = exchange;
    const { gate, pool } = this.#deps;
    const { idJson, params } = request;
    // No worker starts for a call that is rejected anyway.
    if (gate.isReady(authenticated) && !gate.allows(authenticated, request))
      return this.#run(exchange, request);
    const tool = typeof params?.name === "string" ? params.name : "";
    const declared = pool.paramHeaders(authenticated.caller, tool, () => whileOpen(res));
    if (declared instanceof Promise) return this.#callWhenDeclared(exchange, request, declared);
    checkParamHeaders(req.headers, declared, params?.arguments, idJson);
    return this.#run(exchange, request);
  }

  async #callWhenDeclared(
    exchange: Exchange,
    request: ClientRequest,
    declared: Promise<readonly ParamHeader[]>,
  ): Promise<void> {
    const { accepted, authenticated, req, res } = exchange;
    const { idJson, params } = request;
    try {
      checkParamHeaders(req.headers, await declared, params?.arguments, idJson);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      this.#deps.calls.failStateless(authenticated, request, res, accepted, error);
      return;
    }
    const renewed = await this.#deps.authentication.renew(req);
    if (res.destroyed) throw new ClientDisconnectedError();
    this.#run({ ...exchange, authenticated: renewed }, request);
  }

  async #discover(exchange: Exchange, { idJson }: ClientRequest): Promise<void> {
    const { authenticated, res, accepted } = exchange;
    try {
      const child = await this.#deps.pool.initializeResult(authenticated.caller, whileOpen(res));
      sendMessage(res, accepted, resultResponse(idJson, discoverResult(child)));
    } catch (error) {
      respondWithCallError(exchange, idJson, error);
    }
  }
}

/** Notifications need no headers, and none has a meaning here: the end of a connection cancels its request. */
function acknowledge(
  { req, res }: Exchange,
  method: string,
  params: Readonly<Record<string, unknown>> | undefined,
): void {
  checkRepeatedHeaders(req.headers, { method, params, idJson: "null" }, claimedVersion(params));
  res.writeHead(202, { "content-length": 0 });
  res.end();
}

/** A 404 HttpError, which this revision wants for a method that is not offered. */
function methodNotFound(idJson: string): HttpError {
  return new HttpError(404, errorCodes.methodNotFound, "This method is not offered here.", { idJson });
}
