import { hash } from "node:crypto";
import type { Hash } from "@fjmcp/shared/ids";
import type { McpLogLevel } from "@fjmcp/shared/mcp-log-level";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { isJsonObject } from "../jsonrpc/lossless-json.ts";
import { parseChildResponse } from "../jsonrpc/parse-child-json.ts";
import { CallError, type CallSink, type ResponseOutcome } from "../worker/call.ts";

/** The id with which a list is requested from the child: equal lists then have equal bytes. */
export const listIdJson = "0";

/** The filtered result, as JSON text, of a result of the child; `digest` is that of the whole response. */
export type ListFilter = (result: Record<string, unknown>, digest: string) => Buffer;

/** Passes the response of a request for a list on to another sink, with its result filtered and the client's id. */
export class FilteringSink implements CallSink {
  readonly #sink: CallSink;
  readonly #idJson: string;
  readonly #filter: ListFilter;

  constructor(sink: CallSink, idJson: string, filter: ListFilter) {
    this.#sink = sink;
    this.#idJson = idJson;
    this.#filter = filter;
  }

  get session(): Hash | undefined {
    return this.#sink.session;
  }

  get logLevel(): McpLogLevel | undefined {
    return this.#sink.logLevel;
  }

  notification(message: Buffer): void {
    this.#sink.notification(message);
  }

  related(message: Buffer, kind: "notification" | "request"): boolean {
    return this.#sink.related?.(message, kind) ?? false;
  }

  failed(error: CallError): void {
    this.#sink.failed(error);
  }

  response(chunks: readonly Buffer[], outcome: ResponseOutcome): void {
    const line = Buffer.concat(chunks);
    const message = parseChildResponse(line);
    if (isJsonObject(message?.result)) {
      const result = this.#filter(message.result, hash("sha256", line, "hex"));
      this.#sink.response(resultChunks(this.#idJson, result), outcome);
    } else if (message?.error !== undefined) {
      const text = `{"jsonrpc":"2.0","id":${this.#idJson},"error":${JSON.stringify(message.error)}}`;
      this.#sink.response([Buffer.from(text)], outcome);
    } else {
      const text = "The server program gave a list that is not valid. Tell the administrator.";
      this.#sink.failed(new CallError("failed", errorCodes.internal, text));
    }
  }
}

const closing = Buffer.from("}");

/** One whole response; `result` is JSON text. */
export function resultChunks(idJson: string, result: Buffer): readonly Buffer[] {
  return [Buffer.from(`{"jsonrpc":"2.0","id":${idJson},"result":`), result, closing];
}
