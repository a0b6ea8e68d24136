import { closingQuote } from "./closing-quote.ts";
import { KeyCounter } from "./key-counter.ts";
import { ReservedKeys } from "./reserved-keys.ts";

/** Properties of a message's text that are lost after JSON.parse. */
export interface MessageScan {
  /** The scan stopped at this limit: the other properties are of the text before. */
  exceeded: keyof ScanLimits | undefined;
  /** Nested deeper than `maxDepth`. */
  tooDeep: boolean;
  /** All brackets and the last string are closed; false: the text is not JSON. */
  isBalanced: boolean;
  /** The number of numbers whose digits would change in a double; not counted beyond `maxInexactNumbers` + 1. */
  inexactNumbers: number;
  /** An upper bound of the number of values, counted by brackets and commas; a long number counts as several. */
  values: number;
  readonly reservedKeys: ReservedKeys;
}

/** How much of each there may be. */
export interface ScanLimits {
  readonly values: number;
  /** Different keys. */
  readonly keys: number;
  /** At most `maxInexactNumbers`. */
  readonly inexactNumbers: number;
}

/** Deeper than any real message, shallow enough for the recursive JSON libraries of children. */
export const maxDepth = 256;

/** Keeping the digits of a number costs about 1 µs and 200 bytes: 10 ms and 2 MB at this limit. */
export const maxInexactNumbers = 10_000;

/** A number with more characters costs the parser as much as so many other values: it is read digit by digit. */
const longNumber = 15;
const longNumberValues = 4;

const space = 0x20;
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const minus = 0x2d;

/**
 * Scans the text of a JSON-RPC message once, skipping strings, up to its end or to a limit. Any text is safe, but the
 * result is valid only if the text is valid JSON. Linear in the text's length; allocates almost nothing. Keys are
 * looked at only with limits.
 */
export function scanMessage(text: string, limits?: ScanLimits): MessageScan {
  const reservedKeys = new ReservedKeys();
  const scan: MessageScan = {
    exceeded: undefined,
    tooDeep: false,
    isBalanced: false,
    inexactNumbers: 0,
    values: 1,
    reservedKeys,
  };
  const maxValues = limits?.values ?? Infinity;
  const stopAtInexact = limits?.inexactNumbers ?? Infinity;
  const keys = limits === undefined ? undefined : new KeyCounter(limits.keys);
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= space) {
      at = endOfSpace(text, at) - 1;
    } else if (code === quote) {
      const end = closingQuote(text, at);
      if (end === -1) return scan;
      if (keys !== undefined && isKey(text, end)) {
        reservedKeys.add(depth, text, at + 1, end);
        if (keys.exceedsWith(text, at + 1, end)) return stopped(scan, "keys");
      }
      at = end;
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) scan.tooDeep = true;
      if (++scan.values > maxValues && !scan.tooDeep) return stopped(scan, "values");
    } else if (code === 0x7d || code === 0x5d) {
      depth--;
    } else if (code === comma) {
      if (++scan.values > maxValues && !scan.tooDeep) return stopped(scan, "values");
    } else if (code === minus || isDigit(code)) {
      const end = numberEnd(text, at);
      if (end - at > longNumber) {
        scan.values += longNumberValues - 1;
        if (scan.values > maxValues && !scan.tooDeep) return stopped(scan, "values");
      }
      if (scan.inexactNumbers <= maxInexactNumbers && isInexact(text, at, end)) {
        if (++scan.inexactNumbers > stopAtInexact) return stopped(scan, "inexactNumbers");
      }
      at = end - 1;
    }
  }
  scan.isBalanced = depth === 0;
  return scan;
}

function stopped(scan: MessageScan, limit: keyof ScanLimits): MessageScan {
  scan.exceeded = limit;
  return scan;
}

/** White space, and characters that JSON does not have outside strings. */
const spaces = /[^!-\uffff]+/y;
/** More than the indent of a line. */
const longRun = 32;

/** Where they end, at most: a long run is found by one search, at a seventh of the cost of a look at each. */
function endOfSpace(text: string, start: number): number {
  if (text.charCodeAt(start + longRun) > space) return start + 1;
  spaces.lastIndex = start;
  return spaces.test(text) ? spaces.lastIndex : start + 1;
}

function isKey(text: string, closing: number): boolean {
  let at = closing + 1;
  while (text.charCodeAt(at) <= space) at = endOfSpace(text, at);
  return text.charCodeAt(at) === colon;
}

function numberEnd(text: string, start: number): number {
  let end = start + 1;
  while (isNumberPart(text.charCodeAt(end))) end++;
  return end;
}

function isInexact(text: string, start: number, end: number): boolean {
  if (isShortInteger(text, start, end)) return false;
  const source = text.slice(start, end);
  return String(Number(source)) !== source;
}

/** The common case: plain digits that a double can hold. */
function isShortInteger(text: string, start: number, end: number): boolean {
  if (end - start > 15 || (end - start > 1 && text.charCodeAt(start) === 0x30)) return false;
  for (let at = start; at < end; at++) if (!isDigit(text.charCodeAt(at))) return false;
  return true;
}

function isNumberPart(code: number): boolean {
  return isDigit(code) || code === minus || code === 0x2b || code === 0x2e || code === 0x45 || code === 0x65;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
