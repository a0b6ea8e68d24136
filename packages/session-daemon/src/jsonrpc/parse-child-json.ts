import { parseLosslessJson } from "./lossless-json.ts";
import { maxInexactNumbers, scanMessage } from "./message-scanner.ts";

/** One number whose digits are kept makes the parser visit all values, at about 0.5 µs each: 50 ms at this limit. */
const maxExactValues = 100_000;

/** Parses JSON text of a child, with the digits of its numbers; undefined when it is not JSON, or is nested too deep. */
export function parseChildJson(text: string): unknown {
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
