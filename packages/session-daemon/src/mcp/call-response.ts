import type { IncomingMessage, ServerResponse } from "node:http";
import type { Hash } from "@fjmcp/shared/ids";
import type { Principal } from "../auth/principal.ts";
import type { AcceptedTypes } from "../http/content-negotiation.ts";
import { errorResponse, sendHttpError, type HttpError } from "../http/http-error.ts";
import { sendJson } from "../http/json-response.ts";
import { endAfterGrace, openEventStream, sendEvent, sendKeepAlive, sendNotification } from "../http/sse.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { keepAliveTicks, type ActiveCall } from "../session/active-exchanges.ts";
import type { Call, CallError, CallSink } from "../worker/call.ts";

/** What all responses share. */
export interface ResponseContext {
  /** The error to send when the grant was revoked before the response began. */
  unauthorized(req: IncomingMessage): HttpError;
  /** Called once for each response, when nothing more will be written to it. */
  onCompleted(response: CallResponse): void;
}

/**
 * The HTTP response to one posted request: plain JSON when the JSON-RPC response comes first, an event stream from the
 * first notification or keep-alive on. A client that accepts only JSON gets the response alone. When the client closes
 * the connection, later messages are dropped: a lost connection cancels nothing (MCP, "Disconnection").
 */
export class CallResponse implements CallSink, ActiveCall {
  readonly owner: Principal;
  readonly session: Hash;
  readonly idJson: string;
  readonly #accepted: AcceptedTypes;
  readonly #context: ResponseContext;
  // Both are released on completion: the table of a Map that has grown references deleted entries until the next full
  // collection, and these two are the large part of one.
  #res: ServerResponse | undefined;
  #call: Call | undefined;
  #isStream = false;
  #ticks = 0;

  constructor(
    owner: Principal,
    session: Hash,
    idJson: string,
    res: ServerResponse,
    accepted: AcceptedTypes,
    context: ResponseContext,
  ) {
    this.owner = owner;
    this.session = session;
    this.idJson = idJson;
    this.#res = res;
    this.#accepted = accepted;
    this.#context = context;
  }

  /** Keeps the call that writes to this response, to cancel it; not when it has completed already. */
  hold(call: Call): void {
    if (this.#res !== undefined) this.#call = call;
  }

  get isAbandoned(): boolean {
    return this.#res?.destroyed ?? true;
  }

  tick(): void {
    if (++this.#ticks % keepAliveTicks === 0) this.#whileOpen((stream) => sendKeepAlive(stream));
  }

  notification(message: Buffer): void {
    this.#whileOpen((stream) => sendNotification(stream, message));
  }

  response(chunks: readonly Buffer[]): void {
    const res = this.#complete();
    if (res === undefined) return;
    if (this.#accepted.json && !this.#isStream) sendJson(res, 200, chunks);
    else {
      this.#asStream(res);
      sendEvent(res, chunks);
      res.end();
    }
  }

  failed(error: CallError): void {
    if (error.kind === "token_rejected") this.revoke();
    else this.#fail(error.code, error.message);
  }

  /**
   * The client expects no response any more: a stream ends without one; a client that accepts only JSON gets an error.
   */
  cancel(reason: string | undefined): void {
    this.#call?.cancel(reason);
    if (!this.#accepted.sse) {
      this.#fail(errorCodes.serverError, "The request was cancelled.");
      return;
    }
    const res = this.#complete();
    if (res !== undefined) this.#asStream(res).end();
  }

  revoke(): void {
    if (this.#res === undefined) return;
    const error = this.#context.unauthorized(this.#res.req);
    if (this.#isStream) {
      const res = this.#res;
      this.#fail(errorCodes.serverError, error.message);
      endAfterGrace(res);
      return;
    }
    const res = this.#complete();
    if (res !== undefined) sendHttpError(res, error);
  }

  #fail(code: number, message: string): void {
    this.response([errorResponse(this.idJson, code, message)]);
  }

  /** Undefined when the response has completed already, or its client has closed the connection. */
  #complete(): ServerResponse | undefined {
    const res = this.#res;
    if (res === undefined) return undefined;
    this.#res = undefined;
    this.#call = undefined;
    this.#context.onCompleted(this);
    return res.destroyed ? undefined : res;
  }

  /** Messages before the JSON-RPC response reach only clients that accept events and are still connected. */
  #whileOpen(write: (stream: ServerResponse) => void): void {
    if (this.#accepted.sse && this.#res?.destroyed === false) write(this.#asStream(this.#res));
  }

  #asStream(res: ServerResponse): ServerResponse {
    if (!this.#isStream) openEventStream(res);
    this.#isStream = true;
    return res;
  }
}
