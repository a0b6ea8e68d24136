/** What JSON.parse hides of a message's text. */
export interface MessageScan {
  /** Nested deeper than `maxDepth`. */
  tooDeep: boolean;
  /** As many brackets open as close, and the last string ends: what is not so is no JSON. */
  isBalanced: boolean;
  /** How many numbers' digits would change in a double; not counted far beyond `maxInexactNumbers`. */
  inexactNumbers: number;
  /** How many values there are at most, counted by what separates them. */
  values: number;
  /** A reserved key of the envelope that stands twice or in another case. */
  envelopeFault: string | undefined;
  /** The same for the params, and for the progress token in their `_meta`. */
  paramsFault: string | undefined;
}

/** Deeper than any real message, shallow enough for every recursive JSON library behind us. */
export const maxDepth = 256;

/** Keeping the digits of a number takes a microsecond and some 200 bytes: so many are still nothing. */
export const maxInexactNumbers = 10_000;

/** One such number makes the parser walk through all values, at half a microsecond each. */
export const maxExactValues = 100_000;

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const colon = 0x3a;
const minus = 0x2d;

/** The objects whose keys matter, by their depth: the envelope, its params, their _meta. */
const places: readonly (Place | undefined)[] = [
  undefined,
  place(["jsonrpc", "id", "method", "params"], "params"),
  place(["name", "arguments", "uri", "_meta"], "_meta"),
  place(["progressToken"], undefined),
];

/**
 * Walks the text of a JSON-RPC message once, hopping over strings. Any text is safe, but the findings mean something
 * only if the text is valid JSON. Linear in the text's length; allocates next to nothing.
 *
 * A child may match keys without regard to case and let the last duplicate win (Go's encoding/json does both), so a
 * reserved key must stand once and exactly. Case is folded as Go folds it: `ſ` (U+017F) is an s, `K` (U+212A) a k.
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
  const seen = [0, 0, 0, 0];
  let depth = 0;
  // How deep the object at hand is that lies on the way envelope, params, _meta.
  let depthOnWay = 1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const end = closingQuote(text, at);
      if (end === -1) return scan;
      if (depth <= depthOnWay && isKey(text, end)) {
        const key = decodeKey(text.slice(at + 1, end));
        const fault = keyFault(key, depth, seen);
        if (depth === 1) scan.envelopeFault ??= fault;
        else scan.paramsFault ??= fault;
        depthOnWay = key === places[depth]?.next ? depth + 1 : depth;
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
      if (scan.inexactNumbers <= maxInexactNumbers && isInexact(text.slice(at, end))) scan.inexactNumbers++;
      at = end - 1;
    }
  }
  scan.isBalanced = depth === 0;
  return scan;
}

interface Place {
  /** A bit for each reserved key. */
  readonly bits: ReadonlyMap<string, number>;
  readonly folded: ReadonlyMap<string, string>;
  /** The key under which the next object on the way lies. */
  readonly next: string | undefined;
}

function place(keys: readonly string[], next: string | undefined): Place {
  return {
    bits: new Map(keys.map((key, index) => [key, 1 << index])),
    folded: new Map(keys.map((key) => [fold(key), key])),
    next,
  };
}

function fold(key: string): string {
  return key.toUpperCase().toLowerCase();
}

/** `seen` has the bits of the reserved keys so far, by depth. */
function keyFault(key: string, depth: number, seen: number[]): string | undefined {
  const here = places[depth];
  const bit = here?.bits.get(key);
  if (bit === undefined) {
    const reserved = here?.folded.get(fold(key));
    return reserved === undefined ? undefined : `a key differs from "${reserved}" only in case`;
  }
  const before = seen[depth] ?? 0;
  seen[depth] = before | bit;
  return (before & bit) === 0 ? undefined : `the key "${key}" stands twice`;
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

function isInexact(source: string): boolean {
  return String(Number(source)) !== source;
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
