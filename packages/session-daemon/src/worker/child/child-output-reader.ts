import { parseChildMessage, type ChildMessage } from "../../jsonrpc/child-message.ts";
import { chunksInclude, joinChunks, type Chunks } from "../../jsonrpc/chunks.ts";
import { errorCodes } from "../../jsonrpc/error-codes.ts";
import { progressNotification } from "../../jsonrpc/progress-token.ts";
import { matchResponse, replaceId } from "../../jsonrpc/response-splicer.ts";
import type { InFlightCall } from "../calls/in-flight-call.ts";
import type { WorkerEvents } from "../worker-events.ts";
import type { Redactor } from "./redactor.ts";
import type { ListKind } from "../call.ts";

/**
 * A tool's result that is an error (MCP, "Tools"), found by its bytes alone: a result that quotes such an object counts
 * too.
 */
const toolError = Buffer.from('"isError":true');

export interface ChildOutputReaderDeps {
  readonly redactor: Redactor;
  readonly calls: {
    /** The call in flight with this id, unless it was cancelled. */
    find(id: number): InFlightCall | undefined;
    /** As `find`, for a call that has its response: removes it. */
    complete(id: number): InFlightCall | undefined;
  };
  /** Writes a line to the child. */
  readonly reply: (line: string) => void;
  readonly onListChanged: (kind: ListKind) => void;
  /** The child has responded to a request with an error, which was passed on. */
  readonly onChildError: () => void;
  readonly events: WorkerEvents;
}

/** Reads the lines of one child: forwards responses and progress to their calls, replies to the child's own requests. */
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
      this.#readParsed(parseChildMessage(joinChunks(safe)));
      return;
    }
    const call = this.#deps.calls.complete(match.id);
    if (call === undefined) return;
    this.#respond(call, match.isError, replaceId(match, call.idJson));
    if (match.isError || chunksInclude(safe, toolError)) this.#deps.onChildError();
  }

  #readParsed(message: ChildMessage | undefined): void {
    switch (message?.kind) {
      case "response":
        this.#readResponse(message.id, message.isError, message.member);
        return;
      case "request":
        this.#deps.reply(replyToChild(message.idJson, message.method));
        return;
      case "notification":
        this.#readNotification(message.method, message.params);
        return;
      case "lost":
        this.#deps.events.requestLost();
        return;
      case undefined:
        this.#deps.events.lineIgnored();
    }
  }

  #readResponse(id: number, isError: boolean, member: string): void {
    const call = this.#deps.calls.complete(id);
    if (call === undefined) return;
    const response = Buffer.from(`{"jsonrpc":"2.0","id":${call.idJson},${member}}`);
    this.#respond(call, isError, [response]);
    if (isError || response.includes(toolError)) this.#deps.onChildError();
  }

  #readNotification(method: string, params: Readonly<Record<string, unknown>>): void {
    const list = /^notifications\/(tools|resources|prompts)\/list_changed$/.exec(method)?.[1];
    if (list !== undefined) this.#deps.onListChanged(list as ListKind);
    if (method !== "notifications/progress") return;
    const token = params.progressToken;
    const call = typeof token === "number" ? this.#deps.calls.find(token) : undefined;
    if (call?.progressTokenJson === undefined) return;
    call.sink.notification(Buffer.from(progressNotification(params, call.progressTokenJson)));
  }

  /** forgejo-mcp forwards Forgejo's error texts, and since Forgejo 16 these may hold tokens. */
  #respond(call: InFlightCall, isError: boolean, parts: readonly Buffer[]): void {
    call.sink.response(isError ? this.#redactError(parts) : parts);
  }

  #redactError(parts: readonly Buffer[]): readonly Buffer[] {
    const text = Buffer.concat(parts).toString("utf8");
    const redacted = this.#deps.redactor.text(text);
    return redacted === text ? parts : [Buffer.from(redacted)];
  }
}

function replyToChild(idJson: string, method: string): string {
  const member =
    method === "ping"
      ? '"result":{}'
      : `"error":{"code":${errorCodes.methodNotFound},"message":"This client offers nothing to call."}`;
  return `{"jsonrpc":"2.0","id":${idJson},${member}}`;
}
