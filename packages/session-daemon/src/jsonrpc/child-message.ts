import { errorOf } from "./error-bounds.ts";
import { isJsonNumber, isJsonObject } from "./lossless-json.ts";
import { parseChildJson, tooCostly } from "./parse-child-json.ts";

/** A message in a parsed line of a child, for lines that `matchResponse` does not recognise. */
export type ChildMessage =
  | {
      readonly kind: "response";
      readonly id: number;
      readonly isError: boolean;
      /** The JSON text of the result or error, digits of numbers kept. */
      readonly member: string;
    }
  | {
      readonly kind: "request";
      readonly idJson: string;
      readonly method: string;
      readonly params: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: "notification";
      readonly method: string;
      readonly params: Readonly<Record<string, unknown>>;
    }
  /** The response to a `subscriptions/listen`, whose id is a text; with the JSON text of the error, if it is one. */
  | { readonly kind: "stream_end"; readonly id: string; readonly error: string | undefined }
  /** An error without an id: a request was lost, and it is not known which. */
  | { readonly kind: "lost" }
  /** It has too many values or levels to be parsed, or is too long a batch. */
  | { readonly kind: "too_costly" };

/** Far more messages than a batch has: all of one are handled in one turn of the event loop. */
const maxBatch = 128;

/** Where two messages have no line end between them: in JSON no letter follows a string that ends in `}{`. */
const missingLineEnd = /\}\{"(?=(?:jsonrpc|id|result|error|method|params)")/g;

/**
 * Parses one line of a child: the message, those of a batch (MCP 2025-03-26), or several without a line end between them;
 * undefined for what is not a JSON-RPC message. Invalid UTF-8 is replaced by U+FFFD. A response is recognised although it
 * lacks `jsonrpc` or names another version, has other members or none, its id is written in another way (`"7"`, `7.0`), or
 * its error is no object: its call would wait in vain.
 */
export function parseChildMessages(line: Buffer): readonly (ChildMessage | undefined)[] {
  if (!mayBeJson(line)) return [undefined];
  const text = line.toString("utf8").replace(/^\uFEFF/, "");
  const parsed = parseChildJson(text);
  if (parsed === tooCostly) return [{ kind: "too_costly" }];
  if (parsed === undefined) return parseSeveral(text);
  if (!Array.isArray(parsed) || parsed.length === 0) return [messageOf(parsed)];
  return parsed.length > maxBatch ? [{ kind: "too_costly" }] : parsed.map(messageOf);
}

function parseSeveral(text: string): readonly (ChildMessage | undefined)[] {
  const messages = text.replaceAll(missingLineEnd, '}\n{"').split("\n", maxBatch + 1);
  if (messages.length > maxBatch) return [{ kind: "too_costly" }];
  return messages.length === 1 ? [undefined] : messages.map((one) => messageOf(parseChildJson(one)));
}

function messageOf(message: unknown): ChildMessage | undefined {
  if (!isJsonObject(message)) return undefined;
  const { result, error, method, id } = message;
  // JSON-RPC 1.0 has both members always, one of them null.
  if (error !== undefined && error !== null) return response(id, "error", errorObject(error));
  if (result !== undefined) return response(id, "result", result);
  if (error === null) return response(id, "result", null);
  if (method === undefined && id !== undefined)
    return response(id, "error", errorObject("an empty response"));
  return message.jsonrpc === "2.0" ? requestOrNotification(message) : undefined;
}

const openings = new Set(Buffer.from("{[ \t\r\uFEFF"));
const closings = new Set(Buffer.from("}] \t\r"));

/** Whether the line begins and ends as an object or array does: for any other the parser's exception costs 20 µs. */
function mayBeJson(line: Buffer): boolean {
  return openings.has(line[0]!) && closings.has(line.at(-1)!);
}

function response(id: unknown, kind: "result" | "error", member: unknown): ChildMessage | undefined {
  if (id === undefined || id === null) return { kind: "lost" };
  if (typeof id === "string" && streamId.test(id))
    return { kind: "stream_end", id, error: kind === "error" ? JSON.stringify(member) : undefined };
  const ownId = ownIdOf(id);
  if (ownId === undefined) return undefined;
  return { kind: "response", id: ownId, isError: kind === "error", member: JSON.stringify(member) };
}

/** `ListenStreams` makes these. */
const streamId = /^listen-\d+$/;

/** An error as JSON-RPC has it (2.0 §5.1): the child's own, or one whose message is the child's text. */
function errorObject(error: unknown): unknown {
  if (isJsonObject(error)) return error;
  return errorOf(typeof error === "string" ? error : JSON.stringify(error));
}

/** The worker's own ids are positive integers; undefined for any other id. */
function ownIdOf(id: unknown): number | undefined {
  const isWritten = isJsonNumber(id) || (typeof id === "string" && /^[1-9]\d*$/.test(id));
  const value = isWritten ? Number(typeof id === "string" ? id : JSON.stringify(id)) : undefined;
  return Number.isSafeInteger(value) ? value : undefined;
}

function requestOrNotification({ id, method, params }: Record<string, unknown>): ChildMessage | undefined {
  if (typeof method !== "string") return undefined;
  if (id === undefined || id === null) return { kind: "notification", method, params: objectOrEmpty(params) };
  return typeof id === "string" || isJsonNumber(id)
    ? { kind: "request", idJson: JSON.stringify(id), method, params: objectOrEmpty(params) }
    : undefined;
}

function objectOrEmpty(value: unknown): Readonly<Record<string, unknown>> {
  return isJsonObject(value) ? value : {};
}
