import { errorResponse, HttpError } from "../../http/http-error.ts";
import { ClientDisconnectedError } from "../../http/request-body.ts";
import { resultResponse, sendMessage } from "../../http/send-message.ts";
import { whileOpen } from "../../http/while-open.ts";
import type { ClientMessage, ClientRequest } from "../../jsonrpc/client-message.ts";
import { errorCodes } from "../../jsonrpc/error-codes.ts";
import { CallError } from "../../worker/call.ts";
import type { WorkerPool } from "../../worker/worker-pool.ts";
import type { CallDispatcher } from "../call-dispatcher.ts";
import type { Exchange } from "../exchange.ts";
import { forwardedMethods } from "../forwarded-methods.ts";
import { discoverResult } from "./discover-result.ts";
import type { ListenHandler } from "./listen-handler.ts";
import { checkParamHeaders } from "./param-headers.ts";
import { claimedVersion, requireRequestMeta } from "./request-meta.ts";
import { checkRepeatedHeaders, checkStandardHeaders } from "./standard-headers.ts";

interface StatelessHandlerDeps {
  readonly pool: WorkerPool;
  readonly calls: CallDispatcher;
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

  /** Rejects with an error that `McpEndpoint` maps to a response. */
  async handle(exchange: Exchange, message: Exclude<ClientMessage, { kind: "response" }>): Promise<void> {
    if (message.kind === "notification") {
      acknowledge(exchange, message.method, message.params);
      return;
    }
    const { request } = message;
    const version = requireRequestMeta(request.params, request.idJson);
    checkStandardHeaders(exchange.req.headers, request, version);
    if (request.method === "server/discover") await this.#discover(exchange, request);
    else if (request.method === "subscriptions/listen") await this.#deps.listen.handle(exchange, request);
    else if (request.method === "tools/call") await this.#callTool(exchange, request);
    else if (forwardedMethods.has(request.method)) this.#run(exchange, request);
    else throw methodNotFound(request.idJson);
  }

  #run({ authenticated, res, accepted }: Exchange, request: ClientRequest): void {
    this.#deps.calls.runStateless(authenticated, request, res, accepted);
  }

  async #callTool(exchange: Exchange, request: ClientRequest): Promise<void> {
    const { authenticated, req, res } = exchange;
    const { idJson, params } = request;
    const tool = typeof params?.name === "string" ? params.name : "";
    const declared = this.#deps.pool.paramHeaders(authenticated.caller, tool, () => whileOpen(res));
    if (declared instanceof Promise) {
      // A worker that does not start is reported by the call itself.
      const read = await declared.catch(() => []);
      if (res.destroyed) throw new ClientDisconnectedError();
      checkParamHeaders(req.headers, read, params?.arguments, idJson);
    } else checkParamHeaders(req.headers, declared, params?.arguments, idJson);
    this.#run(exchange, request);
  }

  async #discover({ authenticated, res, accepted }: Exchange, { idJson }: ClientRequest): Promise<void> {
    try {
      const child = await this.#deps.pool.initializeResult(authenticated.caller, whileOpen(res));
      sendMessage(res, accepted, resultResponse(idJson, discoverResult(child)));
    } catch (error) {
      if (!(error instanceof CallError) || error.kind === "token_rejected") throw error;
      sendMessage(res, accepted, errorResponse(idJson, errorCodes.internal, error.message));
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
