import type { Log } from "@fjmcp/shared/log";
import { parseChildMessage, type ChildMessage } from "../../jsonrpc/child-message.ts";
import { joinChunks, type Chunks } from "../../jsonrpc/chunks.ts";
import { errorCodes } from "../../jsonrpc/error-codes.ts";
import { progressNotification } from "../../jsonrpc/progress-token.ts";
import { matchResponse, replaceId } from "../../jsonrpc/response-splicer.ts";
import type { InFlightCall } from "../calls/in-flight-call.ts";
import type { Redactor } from "./redactor.ts";
import type { ListKind } from "../call.ts";

/** What a worker does about its child's lines. */
export interface ChildOutputHandlers {
  /** The call that somebody still waits for; takes it out of flight. */
  answered(id: number): InFlightCall | undefined;
  /** The same without taking it out. */
  running(id: number): InFlightCall | undefined;
  /** Writes a line to the child. */
  reply(line: string): void;
  listChanged(kind: ListKind): void;
}

/** Reads the lines of one child: passes answers and progress on to their calls, answers the child's own requests. */
export class ChildOutputReader {
  readonly #redactor: Redactor;
  readonly #handlers: ChildOutputHandlers;
  readonly #log: Log;

  constructor(redactor: Redactor, handlers: ChildOutputHandlers, log: Log) {
    this.#redactor = redactor;
    this.#handlers = handlers;
    this.#log = log;
  }

  read(line: Chunks): void {
    if (line[0].length === 0) return;
    const safe = this.#redactor.line(line);
    const match = matchResponse(safe);
    if (match === undefined) {
      this.#readParsed(parseChildMessage(joinChunks(safe)));
      return;
    }
    const call = this.#handlers.answered(match.id);
    if (call !== undefined) this.#respond(call, match.isError, replaceId(match, call.idJson));
  }

  #readParsed(message: ChildMessage | undefined): void {
    switch (message?.kind) {
      case "response":
        this.#readResponse(message.id, message.isError, message.member);
        return;
      case "request":
        this.#handlers.reply(answerToChild(message.idJson, message.method));
        return;
      case "notification":
        this.#readNotification(message.method, message.params);
        return;
      case "lost":
        this.#log.warn("worker lost a request: it answered with an error without an id");
        return;
      case undefined:
        this.#log.debug("worker wrote a line that is no message");
    }
  }

  #readResponse(id: number, isError: boolean, member: string): void {
    const call = this.#handlers.answered(id);
    if (call === undefined) return;
    this.#respond(call, isError, [Buffer.from(`{"jsonrpc":"2.0","id":${call.idJson},${member}}`)]);
  }

  #readNotification(method: string, params: Readonly<Record<string, unknown>>): void {
    const list = /^notifications\/(tools|resources|prompts)\/list_changed$/.exec(method)?.[1];
    if (list !== undefined) this.#handlers.listChanged(list as ListKind);
    if (method !== "notifications/progress") return;
    const token = params["progressToken"];
    const call = typeof token === "number" ? this.#handlers.running(token) : undefined;
    if (call?.progressTokenJson === undefined) return;
    call.sink.notification(Buffer.from(progressNotification(params, call.progressTokenJson)));
  }

  /** forgejo-mcp passes Forgejo's own words on in errors, and from Forgejo 16 these hold tokens. */
  #respond(call: InFlightCall, isError: boolean, parts: readonly Buffer[]): void {
    call.sink.response(isError ? this.#redactError(parts) : parts);
  }

  #redactError(parts: readonly Buffer[]): readonly Buffer[] {
    const text = Buffer.concat(parts).toString("utf8");
    const redacted = this.#redactor.text(text);
    return redacted === text ? parts : [Buffer.from(redacted)];
  }
}

function answerToChild(idJson: string, method: string): string {
  const answer =
    method === "ping"
      ? '"result":{}'
      : `"error":{"code":${errorCodes.methodNotFound},"message":"This client offers nothing to call."}`;
  return `{"jsonrpc":"2.0","id":${idJson},${answer}}`;
}
