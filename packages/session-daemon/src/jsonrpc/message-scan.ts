/** What JSON.parse hides of a message's text. */
export interface MessageScan {
  /** Nested deeper than `maxDepth`; the rest of the text was not looked at. */
  tooDeep: boolean;
  /** Some number's digits would change in a double. */
  hasInexactNumber: boolean;
  /** A reserved key of the envelope that stands twice or in another case. */
  envelopeFault: string | undefined;
  /** The same for the params, and for the progress token in their `_meta`. */
  paramsFault: string | undefined;
}

/** Deeper than any real message, shallow enough for every recursive JSON library behind us. */
export const maxDepth = 256;

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const minus = 0x2d;

// By depth of the containing object: the envelope, its params, their _meta.
const reservedKeys = [
  new Map<string, string>(),
  foldedMap(["jsonrpc", "id", "method", "params"]),
  foldedMap(["name", "arguments", "uri", "_meta"]),
  foldedMap(["progressToken"]),
];
const containers = [undefined, "params", "_meta"];

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
    hasInexactNumber: false,
    envelopeFault: undefined,
    paramsFault: undefined,
  };
  const path: (string | undefined)[] = [];
  const seen = new Set<string>();
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const end = closingQuote(text, at);
      if (end === -1) return scan;
      if (depth <= 3 && isKey(text, end)) {
        const key = decodeKey(text.slice(at + 1, end));
        path[depth] = key;
        if (isReservedPlace(path, depth)) {
          const fault = keyFault(key, depth, seen);
          if (depth === 1) scan.envelopeFault ??= fault;
          else scan.paramsFault ??= fault;
        }
      }
      at = end;
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) {
        scan.tooDeep = true;
        return scan;
      }
    } else if (code === 0x7d || code === 0x5d) {
      depth--;
    } else if (code === minus || isDigit(code)) {
      const end = numberEnd(text, at);
      const source = text.slice(at, end);
      if (String(Number(source)) !== source) scan.hasInexactNumber = true;
      at = end - 1;
    }
  }
  return scan;
}

function foldedMap(keys: readonly string[]): Map<string, string> {
  return new Map(keys.map((key) => [fold(key), key]));
}

function fold(key: string): string {
  return key.toUpperCase().toLowerCase();
}

function isReservedPlace(path: readonly (string | undefined)[], depth: number): boolean {
  for (let level = 1; level < depth; level++) if (path[level] !== containers[level]) return false;
  return depth >= 1;
}

function keyFault(key: string, depth: number, seen: Set<string>): string | undefined {
  const reserved = reservedKeys[depth]?.get(fold(key));
  if (reserved === undefined) return undefined;
  if (reserved !== key) return `a key differs from "${reserved}" only in case`;
  const place = `${depth} ${reserved}`;
  if (seen.has(place)) return `the key "${reserved}" stands twice`;
  seen.add(place);
  return undefined;
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

function isNumberPart(code: number): boolean {
  return isDigit(code) || code === minus || code === 0x2b || code === 0x2e || code === 0x45 || code === 0x65;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isWhiteSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}
