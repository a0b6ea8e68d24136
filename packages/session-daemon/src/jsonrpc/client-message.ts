import { errorCodes } from "./error-codes.ts";
import { isJsonNumber, isJsonObject, parseLosslessJson } from "./lossless-json.ts";
import { InvalidMessageError } from "./invalid-message-error.ts";
import { maxDepth, scanMessage, type MessageScan } from "./message-scanner.ts";

/** A parsed JSON-RPC request of a client: reserved keys are checked, digits of numbers are kept (`JSON.rawJSON`). */
export interface ClientRequest {
  /** The id as JSON text: `1` and `"1"` differ, and no digit is lost. */
  readonly idJson: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>> | undefined;
}

/** A response of a client to a request of the child. The digits of numbers are kept; nothing else is checked. */
export interface ClientResponse {
  /** As JSON text; `null` when the client could not read the id of the request. */
  readonly idJson: string;
  readonly isError: boolean;
  /** The result or the error. */
  readonly member: unknown;
}

/** A message that a client may post. */
export type ClientMessage =
  | { readonly kind: "request"; readonly request: ClientRequest }
  | {
      readonly kind: "notification";
      readonly method: string;
      readonly params: Readonly<Record<string, unknown>> | undefined;
    }
  | { readonly kind: "response"; readonly response: ClientResponse };

/** A message of 4 MiB that is a single string needs as long: no message needs much more than twice the time of that one. */
export const maxCostNs = 3_000_000;
/** Longer than any client writes. */
const maxIdLength = 1_000;
/** The members of params that may be absent in the requests of several methods. */
const optionalParams = new Set(["arguments", "cursor", "_meta"]);

/**
 * Parses exactly one JSON-RPC message (JSON-RPC 2.0 §4, MCP 2025-11-25 "Messages"). Unknown members of the envelope are
 * dropped; params that are null are absent, and so are `arguments`, `cursor` and `_meta` in them. Throws InvalidMessageError:
 * - −32700: not JSON, as far as it was read;
 * - −32600: not a message, a batch, a fractional or null id, a reserved key twice or in another case, nested too deep, or
 *   too costly to parse;
 * - −32602: params that are neither an object nor null, or a reserved key in them twice or in another case.
 */
export function parseClientMessage(body: string): ClientMessage {
  const scan = scanWithinLimits(body);
  const message = parse(body, scan.inexactNumbers > 0);
  if (Array.isArray(message)) throw invalid("A batch of messages is not accepted.");
  if (!isJsonObject(message)) throw invalid("The body is not a JSON-RPC message.");
  if (scan.reservedKeys.envelopeFault !== undefined)
    throw invalid(`In the message ${scan.reservedKeys.envelopeFault}.`);
  if (message.jsonrpc !== "2.0") throw invalid('The message lacks "jsonrpc":"2.0".');

  const { method } = message;
  if (method === undefined) return response(message);
  if (typeof method !== "string") throw invalid('"method" is not a string.');
  const idJson = "id" in message ? idJsonOf(message.id) : undefined;
  const given = message.params ?? undefined;
  if (given !== undefined && !isJsonObject(given)) {
    throw new InvalidMessageError(errorCodes.invalidParams, "The params are not an object.", idJson);
  }
  if (scan.reservedKeys.paramsFault !== undefined) {
    throw new InvalidMessageError(
      errorCodes.invalidParams,
      `In the params ${scan.reservedKeys.paramsFault}.`,
      idJson,
    );
  }
  const params = given && withoutNull(given);
  return idJson === undefined
    ? { kind: "notification", method, params }
    : { kind: "request", request: { idJson, method, params } };
}

/** Some clients write null for what is absent, which children reject. */
function withoutNull(params: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (params.arguments !== null && params.cursor !== null && params._meta !== null) return params;
  const entries = Object.entries(params);
  return Object.fromEntries(entries.filter(([name, value]) => value !== null || !optionalParams.has(name)));
}

/** Scans a body before JSON.parse, which needs seconds for some megabytes of brackets or keys. Throws InvalidMessageError. */
export function scanWithinLimits(body: string, maxNs: number = maxCostNs): MessageScan {
  const scan = scanMessage(body, maxNs);
  if (scan.tooDeep) {
    const mayBeJson = scan.isBalanced || (scan.exceedsCost && /[\]}]$/.test(body.trimEnd()));
    throw mayBeJson ? invalid(`The message is nested deeper than ${maxDepth} levels.`) : notJson();
  }
  if (scan.exceedsCost) {
    throw invalid(
      "The message has too many values, different keys, escaped quotes or numbers in unusual notation, such as 1.0.",
    );
  }
  return scan;
}

function parse(body: string, exact: boolean): unknown {
  try {
    return exact ? parseLosslessJson(body) : JSON.parse(body);
  } catch {
    // JSON.parse's own error quotes the body.
    throw notJson();
  }
}

function response(message: Record<string, unknown>): ClientMessage {
  if (!("id" in message) || "result" in message === "error" in message) {
    throw invalid("The body is not a JSON-RPC message.");
  }
  // A null id: the response to a request whose id could not be read.
  const idJson = message.id === null ? "null" : idJsonOf(message.id);
  const isError = "error" in message;
  if (isError && !isJsonObject(message.error)) throw invalid('"error" is not an object.');
  return {
    kind: "response",
    response: { idJson, isError, member: isError ? message.error : message.result },
  };
}

function idJsonOf(id: unknown): string {
  if (Number.isSafeInteger(id)) return String(id);
  if (typeof id === "string" || isJsonNumber(id)) {
    if (typeof id === "string" && id.length > maxIdLength)
      throw invalid(`"id" is longer than ${maxIdLength} characters.`);
    const text = JSON.stringify(id);
    if (typeof id === "string" || /^-?\d+$/.test(text)) return text;
  }
  throw invalid('"id" is neither a string nor an integer.');
}

function notJson(): InvalidMessageError {
  return new InvalidMessageError(errorCodes.parse, "The body is not valid JSON.");
}

function invalid(message: string): InvalidMessageError {
  return new InvalidMessageError(errorCodes.invalidRequest, message);
}
