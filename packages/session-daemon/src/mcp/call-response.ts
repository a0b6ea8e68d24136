import type { ServerResponse } from "node:http";
import type { Hash } from "@fjmcp/shared/ids";
import type { AuthenticatedCaller, Principal } from "../auth/principal.ts";
import type { ClientRequest } from "../jsonrpc/client-message.ts";
import { keepAliveTicks, type ActiveCall } from "../session/active-exchanges.ts";
import type { Call, CallError, CallSink } from "../worker/call.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";
import { endAfterGrace, openEventStream, sendEvent, sendKeepAlive, sendNotification } from "../http/sse.ts";
import { sendJson } from "../http/json-response.ts";
import type { AcceptedTypes } from "../http/content-negotiation.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { errorResponse, sendHttpError, type HttpError } from "../http/http-error.ts";

/** What all answers share. */
export interface ResponseContext {
  /** What to answer when the grant has ended and no answer has begun. */
  unauthorized(): HttpError;
  /** Told of each answer once, when nothing more will come. */
  settled(answer: CallResponse): void;
}

/**
 * The HTTP answer to one posted request: plain JSON when the response is the first thing that comes, an event stream
 * from the first notification or keep-alive on. A client that takes only JSON gets the response alone. When the client
 * goes away, what comes later is dropped: a lost connection cancels nothing (MCP, "Disconnection").
 */
export class CallResponse implements CallSink, ActiveCall {
  readonly owner: Principal;
  readonly session: Hash;
  readonly idJson: string;
  readonly #accepted: AcceptedTypes;
  readonly #context: ResponseContext;
  // Both are let go once the answer is given: the tables of a Map that has grown keep their dead entries until the
  // next full collection, and these are what is large about one.
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

  /** Runs the request on a worker of the caller's grant. */
  run(pool: WorkerPool, caller: AuthenticatedCaller, request: ClientRequest): void {
    this.#call = pool.call(caller, request, this);
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

  response(parts: readonly Buffer[]): void {
    const res = this.#finish();
    if (res === undefined) return;
    if (this.#accepted.json && !this.#isStream) sendJson(res, 200, parts);
    else {
      this.#asStream(res);
      sendEvent(res, parts);
      res.end();
    }
  }

  failed(error: CallError): void {
    if (error.kind === "token_rejected") this.revoke();
    else this.#fail(error.code, error.message);
  }

  /** The client awaits no response; a stream just ends. */
  cancel(reason: string | undefined): void {
    this.#call?.cancel(reason);
    if (!this.#accepted.sse) {
      this.#fail(errorCodes.serverError, "The request was cancelled.");
      return;
    }
    const res = this.#finish();
    if (res !== undefined) this.#asStream(res).end();
  }

  revoke(): void {
    const refusal = this.#context.unauthorized();
    if (this.#isStream) {
      const res = this.#res;
      this.#fail(errorCodes.serverError, refusal.message);
      if (res !== undefined) endAfterGrace(res);
      return;
    }
    const res = this.#finish();
    if (res !== undefined) sendHttpError(res, refusal);
  }

  #fail(code: number, message: string): void {
    this.response([errorResponse(this.idJson, code, message)]);
  }

  /** Undefined when the answer was already settled, or nobody is there any more to read it. */
  #finish(): ServerResponse | undefined {
    const res = this.#res;
    if (res === undefined) return undefined;
    this.#res = undefined;
    this.#call = undefined;
    this.#context.settled(this);
    return res.destroyed ? undefined : res;
  }

  /** What comes before the response reaches only those who take events and are still there. */
  #whileOpen(write: (stream: ServerResponse) => void): void {
    if (this.#accepted.sse && this.#res?.destroyed === false) write(this.#asStream(this.#res));
  }

  #asStream(res: ServerResponse): ServerResponse {
    if (!this.#isStream) openEventStream(res);
    this.#isStream = true;
    return res;
  }
}
