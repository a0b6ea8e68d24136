/** Properties of a message's text that are lost after JSON.parse. */
export interface MessageScan {
  /** Nested deeper than `maxDepth`. */
  tooDeep: boolean;
  /** All brackets and the last string are closed; false: the text is not JSON. */
  isBalanced: boolean;
  /** The number of numbers whose digits would change in a double; not counted beyond `maxInexactNumbers` + 1. */
  inexactNumbers: number;
  /** An upper bound of the number of values, counted by brackets and commas. */
  values: number;
  /** Describes a reserved key of the envelope that is there twice or in another case. */
  envelopeFault: string | undefined;
  /** The same for the params, and for the progress token in their `_meta`. */
  paramsFault: string | undefined;
}

/** Deeper than any real message, shallow enough for the recursive JSON libraries of children. */
export const maxDepth = 256;

/** Keeping the digits of a number costs about 1 µs and 200 bytes: 10 ms and 2 MB at this limit. */
export const maxInexactNumbers = 10_000;

/** One such number makes the parser visit all values, at about 0.5 µs each: 50 ms at this limit. */
export const maxExactValues = 100_000;

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const colon = 0x3a;
const minus = 0x2d;

/** An object with reserved keys. */
interface KeyScope {
  /** The reserved keys. */
  readonly keys: readonly string[];
  /** The reserved key that holds the next scope. */
  readonly next?: string;
}

/** By depth: the envelope, its params, their `_meta`. */
const keyScopes: readonly (KeyScope | undefined)[] = [
  undefined,
  { keys: ["jsonrpc", "id", "method", "params"], next: "params" },
  { keys: ["name", "arguments", "uri", "_meta"], next: "_meta" },
  { keys: ["progressToken"] },
];
/** At least as many as any scope has. */
const maxReservedKeys = 4;

/**
 * Scans the text of a JSON-RPC message once, skipping strings. Any text is safe, but the result is valid only if the text
 * is valid JSON. Linear in the text's length; allocates almost nothing.
 *
 * A child may match keys case-insensitively and let the last duplicate win (Go's encoding/json does both), so a reserved
 * key must be there once and exactly. Case is folded as Go folds it: `ſ` (U+017F) is an s, `K` (U+212A) a k.
 */
export function scanMessage(text: string): MessageScan {
  const scan: MessageScan = {
    tooDeep: false,
    isBalanced: false,
    inexactNumbers: 0,
    values: 1,
    envelopeFault: undefined,
    paramsFault: undefined,
  };
  // One bit for each reserved key of each scope.
  let seen = 0;
  let depth = 0;
  // The depth of the innermost open object among the envelope, its params and their _meta.
  let scopedDepth = 1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const end = closingQuote(text, at);
      if (end === -1) return scan;
      if (depth <= scopedDepth && isKey(text, end)) {
        scopedDepth = depth;
        const scope = keyScopes[depth];
        const index = scope === undefined ? notReserved : indexOfKey(scope, text, at + 1, end);
        if (scope !== undefined && index !== notReserved) {
          const bit = index < 0 ? 0 : 1 << (depth * maxReservedKeys + index);
          const fault = keyFault(scope, index, (seen & bit) !== 0);
          if (depth === 1) scan.envelopeFault ??= fault;
          else scan.paramsFault ??= fault;
          seen |= bit;
          if (index >= 0 && scope.keys[index] === scope.next) scopedDepth++;
        }
      }
      at = end;
    } else if (code === 0x7b || code === 0x5b) {
      scan.values++;
      if (++depth > maxDepth) scan.tooDeep = true;
    } else if (code === 0x7d || code === 0x5d) {
      depth--;
    } else if (code === comma) {
      scan.values++;
    } else if (code === minus || isDigit(code)) {
      const end = numberEnd(text, at);
      if (scan.inexactNumbers <= maxInexactNumbers && isInexact(text, at, end)) scan.inexactNumbers++;
      at = end - 1;
    }
  }
  scan.isBalanced = depth === 0;
  return scan;
}

/** The result of `indexOfKey` for a key that is not reserved in the scope. */
const notReserved = -1;

/**
 * The index of the scope's reserved key between `start` and `end`; for one that differs only in case, a number below
 * `notReserved`.
 */
function indexOfKey({ keys }: KeyScope, text: string, start: number, end: number): number {
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!;
    if (key.length === end - start && text.startsWith(key, start)) return index;
  }
  const decoded = decodeKey(text.slice(start, end));
  const exact = keys.indexOf(decoded);
  if (exact !== -1) return exact;
  const folded = fold(decoded);
  const variant = keys.findIndex((key) => fold(key) === folded);
  return variant === -1 ? notReserved : notReserved - 1 - variant;
}

function fold(key: string): string {
  return key.toUpperCase().toLowerCase();
}

function keyFault({ keys }: KeyScope, index: number, isAgain: boolean): string | undefined {
  if (index < notReserved) return `a key differs from "${keys[notReserved - 1 - index]}" only in case`;
  return isAgain ? `the key "${keys[index]}" occurs twice` : undefined;
}

function closingQuote(text: string, opening: number): number {
  let end = text.indexOf('"', opening + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text.charCodeAt(before - 1) === backslash) before--;
  return (at - before) % 2 === 1;
}

function isKey(text: string, closing: number): boolean {
  let at = closing + 1;
  while (isWhiteSpace(text.charCodeAt(at))) at++;
  return text.charCodeAt(at) === colon;
}

function decodeKey(source: string): string {
  if (!source.includes("\\")) return source;
  try {
    return JSON.parse(`"${source}"`) as string;
  } catch {
    return source;
  }
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

function isWhiteSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}
