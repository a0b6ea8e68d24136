import type { IncomingMessage, ServerResponse } from "node:http";
import type { Hash } from "@fjmcp/shared/ids";
import type { McpLogLevel } from "@fjmcp/shared/mcp-log-level";
import type { CallerSession } from "../auth/authenticator.ts";
import type { Principal } from "@fjmcp/shared/principal";
import type { AcceptedTypes } from "../http/content-negotiation.ts";
import { errorResponse, sendHttpError, type HttpError } from "../http/http-error.ts";
import { sendInChunks } from "../http/send-message.ts";
import { EventStream } from "../http/event-stream.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import type { Era } from "../protocol-versions.ts";
import { keepAliveTicks, type ActiveCall } from "../session/active-exchanges.ts";
import { outcomeOfError, type CallOutcome, type ObservedCall } from "../observation/call-observer.ts";
import type { Call, CallError, CallSink } from "../worker/call.ts";
import { BatchMemberResponse } from "./batch-member-response.ts";
import type { ResumableStream } from "./resumable-stream.ts";
import type { ResumableStreams } from "./resumable-streams.ts";
import { responseForSession } from "./results-for-sessions.ts";

/** What all responses share. */
export interface ResponseContext {
  readonly streams: ResumableStreams;
  childEra(): Era;
  /** The level that the client of the session has set. */
  logLevel(session: Hash): McpLogLevel | undefined;
  /** The error to send when the grant was revoked before the response began. */
  unauthorized(req: IncomingMessage, idJson: string): HttpError;
  /** Called once for each response, when nothing more will be written to it. */
  onCompleted(response: CallResponse): void;
}

const inputRequiredText =
  "The server program needs more from this client to finish the call, which only clients of MCP 2026-07-28 can give. It may or may not have begun: check before you try again.";

/**
 * The HTTP response to one posted request: plain JSON when the JSON-RPC response comes first, an event stream from the
 * first notification or keep-alive on. A client that accepts only JSON gets the response alone. A lost connection cancels
 * nothing (MCP, "Disconnection"): the client of an event stream gets the rest when it resumes the stream; without one,
 * later messages are dropped.
 */
export class CallResponse implements CallSink, ActiveCall {
  readonly owner: Principal;
  readonly session: Hash;
  readonly idJson: string;
  readonly #protocolVersion: string;
  readonly #accepted: AcceptedTypes;
  readonly #context: ResponseContext;
  // All are released on completion: the table of a Map that has grown references deleted entries until the next full
  // collection, and these are the large part of one.
  #res: ServerResponse | undefined;
  #call: Call | undefined;
  #stream: ResumableStream | undefined;
  readonly #observed: ObservedCall;
  #ticks = 0;

  constructor(
    owner: Principal,
    { hash, record }: CallerSession,
    idJson: string,
    res: ServerResponse,
    accepted: AcceptedTypes,
    context: ResponseContext,
    observed: ObservedCall,
  ) {
    this.#observed = observed;
    this.owner = owner;
    this.session = hash;
    this.#protocolVersion = record.protocolVersion;
    this.idJson = idJson;
    this.#res = res;
    this.#accepted = accepted;
    this.#context = context;
  }

  /** Keeps the call that writes to this response, to cancel it; not when it has completed already. */
  hold(call: Call): void {
    if (this.#res !== undefined) this.#call = call;
  }

  /** Nothing more is written to it, also not when its client resumes the stream. */
  get isCompleted(): boolean {
    return this.#res === undefined;
  }

  get logLevel(): McpLogLevel | undefined {
    return this.#context.logLevel(this.session);
  }

  get isAbandoned(): boolean {
    return this.#stream === undefined ? (this.#res?.destroyed ?? true) : !this.#stream.isConnected;
  }

  tick(): void {
    if (++this.#ticks % keepAliveTicks === 0) this.#openedStream()?.keepAlive();
  }

  notification(message: Buffer): void {
    if (this.#res instanceof BatchMemberResponse) this.#res.notify(message);
    else this.#openedStream()?.notification(message);
  }

  related(message: Buffer, kind: "notification" | "request"): boolean {
    if (this.isAbandoned) return false;
    if (this.#res instanceof BatchMemberResponse) return this.#res.notify(message);
    const stream = this.#openedStream();
    if (stream === undefined || (kind === "request" && !stream.hasRoom)) return false;
    stream.notification(message);
    return true;
  }

  response(chunks: readonly Buffer[], outcome: CallOutcome): void {
    const isAsItCame = this.#context.childEra() === "sessions";
    const response = isAsItCame ? chunks : responseForSession(chunks, this.idJson);
    // A client with a session would take it for the result of a call that is done.
    if (response === "input_required") this.#fail(errorCodes.internal, inputRequiredText, "rpc_error");
    else this.#send(response, outcome);
  }

  failed(error: CallError): void {
    if (error.kind === "token_rejected") this.revoke();
    else this.#fail(error.code, error.message, outcomeOfError(error));
    if (error.kind !== "rejected") this.#observed.onFailed(error.failure);
  }

  /**
   * The client expects no response any more: a stream ends without one; a client that accepts only JSON gets an error.
   */
  cancel(reason: string | undefined): void {
    this.#call?.cancel(reason);
    if (!this.#accepted.sse) {
      this.#fail(errorCodes.serverError, "The request was cancelled.", "cancelled");
      return;
    }
    const stream = this.#stream;
    const res = this.#complete("cancelled");
    if (stream !== undefined) stream.end();
    else if (res !== undefined) new EventStream(res).end();
  }

  revoke(): void {
    if (this.#res === undefined) return;
    const error = this.#context.unauthorized(this.#res.req, this.idJson);
    const stream = this.#stream;
    if (stream !== undefined) {
      this.#fail(errorCodes.serverError, error.message, "revoked");
      stream.close();
      return;
    }
    const res = this.#complete("revoked");
    if (res !== undefined) sendHttpError(res, error);
  }

  /** Ends the call without a response: nothing reaches the client, or its HTTP response is written elsewhere. */
  drop(outcome: CallOutcome): void {
    this.#complete(outcome);
  }

  #fail(code: number, message: string, outcome: CallOutcome): void {
    this.#send([errorResponse(this.idJson, code, message)], outcome);
  }

  #send(chunks: readonly Buffer[], outcome: CallOutcome): void {
    const stream = this.#stream;
    const res = this.#complete(outcome);
    if (stream !== undefined) stream.response(chunks);
    else if (res !== undefined) sendInChunks(res, this.#accepted, chunks);
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

  /**
   * The event stream, opened with the first message: only for clients that accept events, and that were connected then.
   * Undefined for any other, and after completion.
   */
  #openedStream(): ResumableStream | undefined {
    const res = this.#res;
    if (res === undefined || this.#stream !== undefined) return this.#stream;
    if (!this.#accepted.sse || res.destroyed) return undefined;
    this.#stream = this.#context.streams.open(this, this.#protocolVersion, res);
    return this.#stream;
  }
}
