const quote = 0x22;
const backslash = 0x5c;
/** Where one quote is escaped, others are near: reading so many characters costs less than a call of indexOf for each. */
const readAhead = 256;

/** The index of the quote that closes the JSON string which opens at `opening`; −1 if none does. */
export function closingQuote(text: string, opening: number): number {
  let at = opening + 1;
  for (;;) {
    const found = text.indexOf('"', at);
    if (found === -1 || !isEscaped(text, found)) return found;
    at = found + 1;
    const end = at + readAhead;
    while (at < end) {
      const code = text.charCodeAt(at);
      if (code === quote) return at;
      at += code === backslash ? 2 : 1;
    }
  }
}

function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text.charCodeAt(before - 1) === backslash) before--;
  return (at - before) % 2 === 1;
}
