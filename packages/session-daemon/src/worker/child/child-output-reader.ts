import { parseChildMessages, type ChildMessage } from "../../jsonrpc/child-message.ts";
import { boundError } from "../../jsonrpc/error-bounds.ts";
import { joinChunks, type Chunks } from "../../jsonrpc/chunks.ts";
import { matchProgress, progressNotification } from "../../jsonrpc/progress-token.ts";
import { matchResponse, memberOf, replaceId } from "../../jsonrpc/response-splicer.ts";
import { invalidResponse } from "../calls/call-errors.ts";
import type { InFlightCall } from "../calls/in-flight-call.ts";
import type { Redactor } from "./redactor.ts";
import type { CallSink, ResponseOutcome } from "../call.ts";
import type { ChildNotification, ChildRequest } from "../child-listener.ts";

interface ChildOutputReaderDeps {
  readonly redactor: Redactor;
  readonly calls: {
    /** The call in flight with this id, unless it was cancelled. */
    find(id: number): InFlightCall | undefined;
    /** As `find`, for a call that has its response: removes it. */
    complete(id: number): InFlightCall | undefined;
    /** Some call has had this id. */
    hasIssued(id: number): boolean;
    /** The only client's call that the child can be busy with. */
    readonly sole: InFlightCall | undefined;
  };
  /** Called for a line that has too many values or levels to be parsed. */
  readonly onTooCostly: () => void;
  /** Called for each error without an id. */
  readonly onRequestLost: () => void;
  /** Called for each line that is no message, or a response to no call. */
  readonly onDropped: () => void;
  /** Writes a line to the child. */
  readonly reply: (line: string) => void;
  /** `call` is the only one that the message can belong to. Progress is no such notification, and a ping no request. */
  readonly onNotification: (notification: ChildNotification, call: CallSink | undefined) => void;
  readonly onRequest: (request: ChildRequest, call: CallSink | undefined) => void;
  /** The child has ended a stream of notifications, or rejected it with this error: bounded JSON text, redacted. */
  readonly onStreamEnded: (id: string, error: string | undefined) => void;
  /** The child has responded to a request with an error, which was passed on. */
  readonly onChildError: () => void;
}

/** Reads the lines of one child: forwards responses and progress to their calls, replies to the child's pings. */
export class ChildOutputReader {
  readonly #deps: ChildOutputReaderDeps;

  constructor(deps: ChildOutputReaderDeps) {
    this.#deps = deps;
  }

  read(line: Chunks): void {
    if (line[0].length === 0) return;
    const safe = this.#deps.redactor.line(line);
    const match = matchResponse(safe);
    if (match === undefined) {
      const progress = matchProgress(safe);
      if (progress === undefined)
        for (const message of parseChildMessages(joinChunks(safe))) this.#readParsed(message);
      else this.#notifyProgress(progress.token, (token) => progress.before + token + progress.after);
      return;
    }
    const call = this.#complete(match.id);
    if (call === undefined) return;
    const outcome = match.isError ? "rpc_error" : mayBeToolError(safe) ? "tool_error" : "ok";
    if (outcome === "ok") deliver(call, replaceId(match, call.idJson), outcome);
    else {
      this.#respond(call, outcome, memberOf(match));
      this.#deps.onChildError();
    }
  }

  #readParsed(message: ChildMessage | undefined): void {
    switch (message?.kind) {
      case "response": {
        const call = this.#complete(message.id);
        if (call === undefined) return;
        const member = Buffer.from(message.member);
        const outcome = message.isError ? "rpc_error" : mayBeToolError([member]) ? "tool_error" : "ok";
        this.#respond(call, outcome, member);
        if (outcome !== "ok") this.#deps.onChildError();
        return;
      }
      case "request":
        if (message.method === "ping")
          this.#deps.reply(`{"jsonrpc":"2.0","id":${message.idJson},"result":{}}`);
        else this.#deps.onRequest(message, this.#deps.calls.sole?.sink);
        return;
      case "notification":
        this.#readNotification(message);
        return;
      case "stream_end": {
        const { id, error } = message;
        this.#deps.onStreamEnded(id, error && this.#safeError(Buffer.from(error)).toString());
        return;
      }
      case "lost":
        this.#deps.onRequestLost();
        return;
      case "too_costly":
        this.#deps.onTooCostly();
        return;
      case undefined:
        this.#deps.onDropped();
    }
  }

  #readNotification(message: ChildNotification): void {
    const { method, params } = message;
    if (method !== "notifications/progress") {
      this.#deps.onNotification(message, this.#deps.calls.sole?.sink);
      return;
    }
    this.#notifyProgress(params.progressToken, (token) => progressNotification(params, token));
  }

  /** The call that the response belongs to; undefined for a late or repeated response, and for an id of no call. */
  #complete(id: number): InFlightCall | undefined {
    const { calls } = this.#deps;
    if (!calls.hasIssued(id)) this.#deps.onDropped();
    return calls.complete(id);
  }

  /**
   * forgejo-mcp forwards Forgejo's error texts, and since Forgejo 16 these may hold tokens. The error is cut before it is
   * searched.
   */
  #safeError(error: Buffer): Buffer {
    return this.#deps.redactor.beginning(boundError(error));
  }

  #respond(call: InFlightCall, outcome: ResponseOutcome, member: Buffer): void {
    const isError = outcome === "rpc_error";
    const safe = isError ? this.#safeError(member) : this.#deps.redactor.beginning(member);
    const head = `{"jsonrpc":"2.0","id":${call.idJson},"${isError ? "error" : "result"}":`;
    deliver(call, [Buffer.from(head), safe, closingBrace], outcome);
  }

  /** `notification` makes the text with the client's own token, given as JSON text. */
  #notifyProgress(token: unknown, notification: (tokenJson: string) => string): void {
    const call = typeof token === "number" ? this.#deps.calls.find(token) : undefined;
    if (call?.progressTokenJson === undefined) return;
    call.sink.notification(Buffer.from(notification(call.progressTokenJson)));
  }
}

/** A call that has its response is not in flight any more: if it cannot be passed on, nothing else would end it. */
function deliver({ sink }: InFlightCall, response: readonly Buffer[], outcome: ResponseOutcome): void {
  try {
    sink.response(response, outcome);
  } catch (error) {
    sink.failed(invalidResponse());
    throw error;
  }
}

const closingBrace = Buffer.from("}");
const isErrorKey = Buffer.from('"isError"');

/**
 * A tool's result may have `"isError":true` (MCP, "Tools"), which children write at its beginning or end. Found by its
 * bytes alone: a result that quotes it counts too.
 */
function mayBeToolError(line: Chunks): boolean {
  if (line.length === 1 && line[0].length <= endBytes) return isErrorTrueIn(line[0]);
  return isErrorTrueIn(line[0].subarray(0, endBytes)) || isErrorTrueIn(line.at(-1)!.subarray(-endBytes));
}

const endBytes = 16 * 1024;

function isErrorTrueIn(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(isErrorKey); at !== -1; at = bytes.indexOf(isErrorKey, at + 1)) {
    if (/^\s*:\s*true/.test(bytes.toString("latin1", at + isErrorKey.length, at + 64))) return true;
  }
  return false;
}
