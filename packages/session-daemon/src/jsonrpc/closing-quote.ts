const quote = 0x22;
const backslash = 0x5c;
/** Where one quote is escaped, others are near: reading so many characters costs less than a call of indexOf for each. */
const readAhead = 256;

/** The escapes that had to be read to find closing quotes. */
export interface EscapeCount {
  count: number;
  /** The search for a closing quote gives up beyond it. */
  readonly max: number;
}

/** The index of the quote that closes the JSON string which opens at `opening`; −1 if none does, or after too many escapes. */
export function closingQuote(text: string, opening: number, escapes?: EscapeCount): number {
  let at = opening + 1;
  for (;;) {
    const found = text.indexOf('"', at);
    if (found === -1 || text.charCodeAt(found - 1) !== backslash) return found;
    const backslashes = backslashesBefore(text, found, escapes);
    if (escapes !== undefined && exceeds(escapes, Math.floor(backslashes / 2))) return -1;
    if (backslashes % 2 === 0) return found;
    at = found + 1;
    const end = at + readAhead;
    let escaped = 0;
    while (at < end) {
      const code = text.charCodeAt(at);
      if (code === quote) break;
      if (code === backslash) {
        at += 2;
        escaped++;
      } else at++;
    }
    if (escapes !== undefined && exceeds(escapes, escaped)) return -1;
    if (at < end) return at;
  }
}

function exceeds(escapes: EscapeCount, more: number): boolean {
  escapes.count += more;
  return escapes.count > escapes.max;
}

/** Stops early where they are too many escapes. */
function backslashesBefore(text: string, at: number, escapes: EscapeCount | undefined): number {
  const first = escapes === undefined ? 0 : at - 2 * (escapes.max + 1);
  let before = at;
  while (before > first && text.charCodeAt(before - 1) === backslash) before--;
  return at - before;
}
