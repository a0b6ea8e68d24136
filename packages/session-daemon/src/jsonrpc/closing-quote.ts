const quote = 0x22;
const backslash = 0x5c;

/** The index of the quote that closes the JSON string which opens at `opening`; −1 if none does. */
export function closingQuote(text: string, opening: number): number {
  let end = text.indexOf('"', opening + 1);
  while (end !== -1 && isEscaped(text, end)) end = nextQuote(text, end + 1);
  return end;
}

/** Looks at some characters first: a call of indexOf costs more, and where quotes are escaped there are many. */
function nextQuote(text: string, from: number): number {
  const near = from + 16;
  for (let at = from; at < near; at++) if (text.charCodeAt(at) === quote) return at;
  return text.indexOf('"', near);
}

function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text.charCodeAt(before - 1) === backslash) before--;
  return (at - before) % 2 === 1;
}
