import { isJsonNumber, isJsonObject, parseLosslessJson } from "./lossless-json.ts";
import { maxInexactNumbers, scanMessage } from "./message-scanner.ts";

/** One number whose digits are kept makes the parser visit all values, at about 0.5 µs each: 50 ms at this limit. */
const maxExactValues = 100_000;

/** A parsed line of a child, for lines that `matchResponse` does not recognise. */
export type ChildMessage =
  | {
      readonly kind: "response";
      readonly id: number;
      readonly isError: boolean;
      /** `"result":…` or `"error":…`, digits of numbers kept. */
      readonly member: string;
    }
  | { readonly kind: "request"; readonly idJson: string; readonly method: string }
  | {
      readonly kind: "notification";
      readonly method: string;
      readonly params: Readonly<Record<string, unknown>>;
    }
  /** An error without an id: a request was lost, and it is not known which. */
  | { readonly kind: "lost" };

/** Parses one line of a child; undefined when it is not a JSON-RPC message. Invalid UTF-8 is replaced by U+FFFD. */
export function parseChildMessage(line: Buffer): ChildMessage | undefined {
  const message = parse(line.toString("utf8"));
  if (!isJsonObject(message)) return undefined;
  const { jsonrpc, id, method, params, result, error } = message;
  if (jsonrpc !== "2.0") return undefined;
  if (typeof method === "string") {
    if (id === undefined || id === null)
      return { kind: "notification", method, params: objectOrEmpty(params) };
    return typeof id === "string" || isJsonNumber(id)
      ? { kind: "request", idJson: JSON.stringify(id), method }
      : undefined;
  }
  if (result === undefined && error === undefined) return undefined;
  if (id === undefined || id === null) return { kind: "lost" };
  if (typeof id !== "number") return undefined;
  return error === undefined
    ? { kind: "response", id, isError: false, member: `"result":${JSON.stringify(result)}` }
    : { kind: "response", id, isError: true, member: `"error":${JSON.stringify(error)}` };
}

function parse(text: string): unknown {
  const scan = scanMessage(text);
  if (scan.tooDeep) return undefined;
  try {
    // Beyond the limits `1.0` becomes `1`: better than to block the event loop, or to lose a response.
    const { inexactNumbers, values } = scan;
    const exact = inexactNumbers > 0 && inexactNumbers <= maxInexactNumbers && values <= maxExactValues;
    return exact ? parseLosslessJson(text) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function objectOrEmpty(value: unknown): Readonly<Record<string, unknown>> {
  return isJsonObject(value) ? value : {};
}
