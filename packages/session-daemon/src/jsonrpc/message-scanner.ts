import { closingQuote, searchStrings } from "./closing-quote.ts";
import { KeyCounter } from "./key-counter.ts";
import { ReservedKeys } from "./reserved-keys.ts";

/** Properties of a message's text that are lost after JSON.parse. */
export interface MessageScan {
  /** Parsing would cost more than the limit. The scan stopped there: the other properties are of the text before. */
  exceedsCost: boolean;
  /** Nested deeper than `maxDepth`. */
  tooDeep: boolean;
  /** All brackets and the last string are closed; false: the text is not JSON, or the scan stopped. */
  isBalanced: boolean;
  /** The number of numbers whose digits would change in a double; not counted beyond `maxInexactNumbers` + 1. */
  inexactNumbers: number;
  /** An upper bound of the number of values, counted by brackets and commas. */
  values: number;
  readonly reservedKeys: ReservedKeys;
}

/** Deeper than any real message, shallow enough for the recursive JSON libraries of children. */
export const maxDepth = 256;

/** Keeping the digits of a number costs about 1 µs and 200 bytes: 10 ms and 2 MB at this limit. */
export const maxInexactNumbers = 10_000;

/** One number whose digits are kept makes the parser visit all values, at about 0.5 µs each: 50 ms at this limit. */
export const maxExactValues = 100_000;

/** What scan and parser need for each, in ns on a slow machine, beside the 1 ns for each plain character of a string. */
const costNs = {
  value: 60,
  string: 25,
  key: 20,
  keyCharacter: 3,
  /** A key that differs from those before: a new string and a new hidden class. */
  differentKey: 600,
  /** A key that is compared with the reserved ones, maybe after its escapes are decoded. */
  comparedKey: 400,
  /** An escaped quote, or an escape behind one. */
  escape: 5,
  /** A character outside strings. */
  character: 4,
  /** A number that is no short integer: read and written once more, to compare its digits. */
  unusualNumber: 250,
  /** A number of more than 100 characters. */
  longNumber: 2_000,
  /** A number whose digits are kept, and each value of a message that has one (parseLosslessJson). */
  inexactNumber: 1_000,
  valueBesideInexactNumber: 300,
};

/** So many keys count as different without a comparison, which small messages would pay for. */
const uncomparedKeys = 200;

/** Far more digits than a double has: numbers may be limited (RFC 8259 §6). */
const maxNumberLength = 1_000;

const space = 0x20;
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const plus = 0x2b;
const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;
const nine = 0x39;
const openingBracket = 0x5b;
const closingBracket = 0x5d;
const upperE = 0x45;
const lowerE = 0x65;
const openingBrace = 0x7b;
const closingBrace = 0x7d;

/**
 * Scans the text of a JSON-RPC message once, skipping strings, up to its end or to where parsing it would cost more than
 * `maxCostNs` beside its length, or to a number of more than `maxLength` characters. Any text is safe, but the result is
 * valid only if the text is valid JSON. Linear in the text's length; allocates almost nothing.
 */
export function scanMessage(text: string, maxCostNs: number, maxLength = maxNumberLength): MessageScan {
  const reservedKeys = new ReservedKeys();
  const scan: MessageScan = {
    exceedsCost: false,
    tooDeep: false,
    isBalanced: false,
    inexactNumbers: 0,
    values: 1,
    reservedKeys,
  };
  let keyCount = 0;
  let keys: KeyCounter | undefined;
  const search = searchStrings(text, maxCostNs / costNs.escape);
  let spentNs = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= space) {
      at = endOfSpace(text, at) - 1;
      continue;
    }
    spentNs += costNs.character;
    if (code === quote) {
      const end = closingQuote(text, at, search);
      if (end === -1) {
        scan.exceedsCost = search.escapes > search.maxEscapes;
        return scan;
      }
      spentNs += costNs.string;
      if (isKey(text, end)) {
        spentNs += costNs.key + (end - at) * costNs.keyCharacter;
        if (reservedKeys.add(depth, text, at + 1, end)) spentNs += costNs.comparedKey;
        if (++keyCount > uncomparedKeys) keys ??= new KeyCounter();
        if (keys === undefined || keys.isDifferent(text, at + 1, end)) spentNs += costNs.differentKey;
      }
      at = end;
    } else if (code === openingBrace || code === openingBracket) {
      scan.values++;
      // What is nested too deep will not be parsed: the scan goes on, to find out whether it is JSON.
      if (++depth > maxDepth) scan.tooDeep = true;
      else spentNs += costNs.value;
      if (code === openingBrace) keys?.openObject();
    } else if (code === closingBrace || code === closingBracket) {
      depth--;
      if (code === closingBrace) keys?.closeObject();
    } else if (code === comma) {
      scan.values++;
      spentNs += costNs.value;
    } else if (code === minus || isDigit(code)) {
      const end = numberEnd(text, at, maxLength);
      spentNs += (end - at) * costNs.character;
      if (end - at > 100) spentNs += costNs.longNumber;
      if (end - at > maxLength) spentNs = Infinity;
      if (!isShortInteger(text, at, end)) {
        spentNs += costNs.unusualNumber;
        if (scan.inexactNumbers <= maxInexactNumbers && isInexact(text, at, end)) {
          scan.inexactNumbers++;
          spentNs += costNs.inexactNumber;
        }
      }
      at = end - 1;
    }
    if (spentNs > maxCostNs) {
      scan.exceedsCost = true;
      return scan;
    }
  }
  if (scan.inexactNumbers > 0 && scan.values <= maxExactValues)
    spentNs += scan.values * costNs.valueBesideInexactNumber;
  scan.exceedsCost = spentNs + search.escapes * costNs.escape > maxCostNs;
  scan.isBalanced = depth === 0;
  return scan;
}

/** White space, and characters that JSON does not have outside strings. */
const spaces = /[^!-\uffff]+/y;
/** More than the indent of a line. */
const longRun = 32;

/** Where they end, at most: a long run is found by one search, at a seventh of the cost of a look at each. */
export function endOfSpace(text: string, start: number): number {
  if (text.charCodeAt(start + 1) > space || text.charCodeAt(start + longRun) > space) return start + 1;
  spaces.lastIndex = start;
  return spaces.test(text) ? spaces.lastIndex : start + 1;
}

function isKey(text: string, closing: number): boolean {
  let at = closing + 1;
  while (text.charCodeAt(at) <= space) at = endOfSpace(text, at);
  return text.charCodeAt(at) === colon;
}

/** Where a number ends, or a part of it that is longer than the maximum. */
function numberEnd(text: string, start: number, maxLength: number): number {
  const last = start + maxLength;
  let end = start + 1;
  while (end <= last && isNumberPart(text.charCodeAt(end))) end++;
  return end;
}

function isInexact(text: string, start: number, end: number): boolean {
  const source = text.slice(start, end);
  return String(Number(source)) !== source;
}

/** The common case: plain digits that a double can hold. */
function isShortInteger(text: string, start: number, end: number): boolean {
  if (end - start > 15 || (end - start > 1 && text.charCodeAt(start) === zero)) return false;
  for (let at = start; at < end; at++) if (!isDigit(text.charCodeAt(at))) return false;
  return true;
}

function isNumberPart(code: number): boolean {
  return (
    isDigit(code) || code === minus || code === plus || code === point || code === upperE || code === lowerE
  );
}

function isDigit(code: number): boolean {
  return code >= zero && code <= nine;
}
