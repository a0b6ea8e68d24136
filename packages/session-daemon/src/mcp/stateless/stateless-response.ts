import type { IncomingMessage, ServerResponse } from "node:http";
import type { McpLogLevel } from "@fjmcp/shared/mcp-log-level";
import type { Principal } from "@fjmcp/shared/principal";
import type { AcceptedTypes } from "../../http/content-negotiation.ts";
import { errorResponse, sendHttpError, type HttpError } from "../../http/http-error.ts";
import { sendJson } from "../../http/json-response.ts";
import { EventStream } from "../../http/event-stream.ts";
import type { ClientRequest } from "../../jsonrpc/client-message.ts";
import { errorCodes } from "../../jsonrpc/error-codes.ts";
import { objectMembers } from "../../jsonrpc/object-members.ts";
import { findMember } from "../../jsonrpc/response-member.ts";
import type { Era } from "../../protocol-versions.ts";
import { outcomeOfError, type CallOutcome, type ObservedCall } from "../../observation/call-observer.ts";
import { keepAliveTicks, type ActiveExchange } from "../../session/active-exchanges.ts";
import type { Placed } from "../../session/places.ts";
import type { Call, CallError, CallSink, ResponseOutcome } from "../../worker/call.ts";
import { errorForClient } from "./error-for-client.ts";
import { requestedLogLevel } from "./request-meta.ts";
import type { ResultAdditions } from "./result-additions.ts";

/** What all responses share. */
export interface StatelessResponseContext {
  /** The error to send when the grant was revoked before the response began. */
  unauthorized(req: IncomingMessage): HttpError;
  /** What to add to a result of the method, for a client of this grant. */
  additions(owner: Principal, method: string): ResultAdditions;
  childEra(): Era;
  /** Called once for each response, when nothing more will be written to it. */
  onCompleted(response: StatelessResponse): void;
}

/**
 * The HTTP response to one request of a stateless revision: plain JSON when the JSON-RPC response comes first, an event
 * stream from the first notification or keep-alive on. The end of the connection cancels the call (MCP 2026-07-28,
 * "Cancellation").
 */
export class StatelessResponse implements CallSink, ActiveExchange, Placed {
  readonly owner: Principal;
  place: number | undefined;
  readonly #requestedLevel: McpLogLevel | undefined;
  readonly #method: string;
  readonly #idJson: string;
  readonly #accepted: AcceptedTypes;
  readonly #context: StatelessResponseContext;
  readonly #observed: ObservedCall;
  // All are released on completion, see CallResponse.
  #res: ServerResponse | undefined;
  #call: Call | undefined;
  #stream: EventStream | undefined;
  #ticks = 0;

  constructor(
    owner: Principal,
    request: ClientRequest,
    res: ServerResponse,
    accepted: AcceptedTypes,
    context: StatelessResponseContext,
    observed: ObservedCall,
  ) {
    this.#observed = observed;
    this.owner = owner;
    this.#requestedLevel = requestedLogLevel(request.params);
    this.#method = request.method;
    this.#idJson = request.idJson;
    this.#res = res;
    this.#accepted = accepted;
    this.#context = context;
    res.on("close", () => this.#handleClose());
  }

  /** A child with sessions, which is known only once it has started, has no level of a request. */
  get logLevel(): McpLogLevel | undefined {
    return this.#context.childEra() === "stateless" ? this.#requestedLevel : undefined;
  }

  /** Keeps the call that writes to this response, to cancel it; not when it has completed already. */
  hold(call: Call): void {
    if (this.#res !== undefined) this.#call = call;
  }

  /** Nothing more is written to it. */
  get isCompleted(): boolean {
    return this.#res === undefined;
  }

  tick(): void {
    if (++this.#ticks % keepAliveTicks === 0) this.#openedStream()?.keepAlive();
  }

  notification(message: Buffer): void {
    this.#openedStream()?.notify(message);
  }

  related(message: Buffer): boolean {
    return this.#openedStream()?.notify(message) ?? false;
  }

  response(chunks: readonly Buffer[], outcome: ResponseOutcome): void {
    const member = findMember(chunks, this.#idJson);
    if (member?.isError === true) {
      const { status, error } = errorForClient(errorOf(chunks), this.#context.childEra());
      const start = Buffer.from(`{"jsonrpc":"2.0","id":${this.#idJson},"error":`);
      this.#send(status, [start, error, closingBrace], outcome);
    } else {
      const additions = this.#context.additions(this.owner, this.#method);
      this.#send(200, member === undefined ? chunks : additions.addTo(chunks, member), outcome);
    }
  }

  failed(error: CallError): void {
    if (error.kind === "token_rejected") this.revoke();
    // The broker's other codes are in a range that this revision has given up.
    else {
      const code = error.code === errorCodes.invalidParams ? error.code : errorCodes.internal;
      this.#fail(code, error.message, outcomeOfError(error));
    }
    if (error.kind !== "rejected") this.#observed.onFailed(error.failure);
  }

  revoke(): void {
    const res = this.#res;
    if (res === undefined) return;
    const error = this.#context.unauthorized(res.req);
    const stream = this.#stream;
    if (stream !== undefined) {
      this.#fail(errorCodes.internal, error.message, "revoked");
      stream.endAfterGrace();
      return;
    }
    if (this.#complete("revoked") !== undefined) sendHttpError(res, error);
  }

  /** Ends the call without a response: nothing reaches the client, or its HTTP response is written elsewhere. */
  drop(outcome: CallOutcome): void {
    this.#complete(outcome);
  }

  #handleClose(): void {
    if (this.#res === undefined) return;
    const call = this.#call;
    this.#complete("cancelled");
    call?.cancel("The client closed the connection");
  }

  #fail(code: number, message: string, outcome: CallOutcome): void {
    this.#send(200, [errorResponse(this.#idJson, code, message)], outcome);
  }

  /** A status other than 200 is for a response that has not begun as a stream. */
  #send(status: number, chunks: readonly Buffer[], outcome: CallOutcome): void {
    const begun = this.#stream;
    const res = this.#complete(outcome);
    if (res === undefined) return;
    if (begun === undefined && (this.#accepted.json || status !== 200)) sendJson(res, status, chunks);
    else {
      const stream = begun ?? new EventStream(res);
      stream.send(chunks);
      stream.end();
    }
  }

  /** Undefined when the response has completed already, or its client has closed the connection. */
  #complete(outcome: CallOutcome): ServerResponse | undefined {
    const res = this.#res;
    if (res === undefined) return undefined;
    this.#res = undefined;
    this.#call = undefined;
    this.#stream = undefined;
    this.#context.onCompleted(this);
    this.#observed.onEnd(outcome);
    return res.destroyed ? undefined : res;
  }

  /** Opened with the first message before the JSON-RPC response, which reaches only clients that accept events. */
  #openedStream(): EventStream | undefined {
    const res = this.#res;
    if (!this.#accepted.sse || res?.destroyed !== false) return undefined;
    return (this.#stream ??= new EventStream(res));
  }
}

const closingBrace = Buffer.from("}");

/** The error of a response as JSON text; an error is never large. */
function errorOf(chunks: readonly Buffer[]): Buffer {
  const response = Buffer.concat(chunks);
  const span = objectMembers(response.toString("latin1")).get("error");
  return response.subarray(span?.start, span?.end);
}
