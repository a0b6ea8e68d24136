import { isJsonObject, parseLosslessJson } from "./lossless-json.ts";
import { maxExactValues, maxInexactNumbers, scanMessage } from "./message-scanner.ts";

/** By the estimate of `scanMessage`: about a million values. */
const maxCostNs = 150_000_000;

/** Instead of a value: the parser would block the event loop, or run out of stack. */
export const tooCostly = Symbol("too costly to parse");

/** The members of a child's whole response; undefined when it is no object, or too costly to parse. */
export function parseChildResponse(line: Buffer): Readonly<Record<string, unknown>> | undefined {
  const response = parseChildJson(line.toString("utf8"));
  return isJsonObject(response) ? response : undefined;
}

/**
 * Parses JSON text of a child, with the digits of its numbers; undefined when it is not JSON, and `tooCostly`
 * when it has too many values or is nested deeper than `maxDepth`.
 */
export function parseChildJson(text: string): unknown {
  const scan = scanMessage(text, maxCostNs, Infinity);
  if (scan.exceedsCost) return tooCostly;
  if (scan.tooDeep) return scan.isBalanced ? tooCostly : undefined;
  try {
    // Beyond the limits `1.0` becomes `1`: better than to block the event loop, or to lose a response.
    const { inexactNumbers, values } = scan;
    const exact = inexactNumbers > 0 && inexactNumbers <= maxInexactNumbers && values <= maxExactValues;
    return exact ? parseLosslessJson(text) : JSON.parse(text);
  } catch {
    return undefined;
  }
}
