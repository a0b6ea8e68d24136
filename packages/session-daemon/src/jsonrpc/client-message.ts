import { errorCodes } from "./error-codes.ts";
import { isJsonNumber, isJsonObject, parseLosslessJson } from "./lossless-json.ts";
import { InvalidMessageError } from "./invalid-message-error.ts";
import { maxDepth, maxExactValues, maxInexactNumbers, scanMessage } from "./message-scanner.ts";

/** A client's JSON-RPC request, parsed; reserved keys have been checked, digits of numbers are kept (`JSON.rawJSON`). */
export interface ClientRequest {
  /** The id as JSON text: `1` and `"1"` differ, and no digit is lost. */
  readonly idJson: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>> | undefined;
}

/** What a client may post. A response's content is not kept: no request of a child is passed on to a client. */
export type ClientMessage =
  | { readonly kind: "request"; readonly request: ClientRequest }
  | {
      readonly kind: "notification";
      readonly method: string;
      readonly params: Readonly<Record<string, unknown>> | undefined;
    }
  | { readonly kind: "response" };

/**
 * Parses a body into exactly one JSON-RPC message (JSON-RPC 2.0 §4, MCP 2025-11-25 "Messages"). Unknown members of the
 * envelope are dropped. Throws InvalidMessageError: not JSON → −32700; an array, a fractional id, a request with a null id, a reserved
 * key that stands twice or in another case, too many numbers in unusual notation or too many values beside one, or no message at all → −32600; the like inside the params → −32602.
 */
export function parseClientMessage(body: string): ClientMessage {
  const scan = scanMessage(body);
  // Before JSON.parse: it survives any depth, but takes more than a second for some megabytes of brackets.
  if (scan.tooDeep) {
    throw scan.isBalanced ? invalid(`The message is nested deeper than ${maxDepth} levels.`) : notJson();
  }
  if (scan.inexactNumbers > maxInexactNumbers) {
    throw invalid(`The message has more than ${maxInexactNumbers} numbers in unusual notation, such as 1.0.`);
  }
  if (scan.inexactNumbers > 0 && scan.values > maxExactValues) {
    throw invalid(
      `The message has more than ${maxExactValues} values and a number in unusual notation, such as 1.0.`,
    );
  }
  const message = parse(body, scan.inexactNumbers > 0);
  if (Array.isArray(message)) throw invalid("A batch of messages is not accepted.");
  if (!isJsonObject(message)) throw invalid("The body is not a JSON-RPC message.");
  if (scan.envelopeFault !== undefined) throw invalid(`In the message ${scan.envelopeFault}.`);
  if (message["jsonrpc"] !== "2.0") throw invalid('The message lacks "jsonrpc":"2.0".');

  const { method } = message;
  if (method === undefined) return response(message);
  if (typeof method !== "string") throw invalid('"method" is not a string.');
  const idJson = "id" in message ? idJsonOf(message["id"]) : undefined;
  const params = message["params"];
  if (params !== undefined && !isJsonObject(params)) {
    throw new InvalidMessageError(errorCodes.invalidParams, "The params are not an object.", idJson);
  }
  if (scan.paramsFault !== undefined) {
    throw new InvalidMessageError(errorCodes.invalidParams, `In the params ${scan.paramsFault}.`, idJson);
  }
  return idJson === undefined
    ? { kind: "notification", method, params }
    : { kind: "request", request: { idJson, method, params } };
}

function parse(body: string, exact: boolean): unknown {
  try {
    return exact ? parseLosslessJson(body) : JSON.parse(body);
  } catch {
    // The parser's own message quotes the body.
    throw notJson();
  }
}

function response(message: Record<string, unknown>): ClientMessage {
  if (!("id" in message) || "result" in message === "error" in message) {
    throw invalid("The body is not a JSON-RPC message.");
  }
  // Null answers a request whose id could not be read.
  if (message["id"] !== null) idJsonOf(message["id"]);
  if ("error" in message && !isJsonObject(message["error"])) throw invalid('"error" is not an object.');
  return { kind: "response" };
}

function idJsonOf(id: unknown): string {
  if (Number.isSafeInteger(id)) return String(id);
  const text = JSON.stringify(id);
  if (typeof id === "string" || (isJsonNumber(id) && /^-?\d+$/.test(text))) return text;
  throw invalid('"id" is neither a string nor an integer.');
}

function notJson(): InvalidMessageError {
  return new InvalidMessageError(errorCodes.parse, "The body is not valid JSON.");
}

function invalid(message: string): InvalidMessageError {
  return new InvalidMessageError(errorCodes.invalidRequest, message);
}
