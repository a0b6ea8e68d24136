const quote = 0x22;
const backslash = 0x5c;
/** Where one quote is escaped, others are near: reading some characters costs less than a search for each quote. */
const minReadAhead = 16;
const maxReadAhead = 256;

/** Searches for the ends of a text's strings. */
interface StringSearch {
  /** The escapes that had to be read. */
  escapes: number;
  /** A search gives up beyond it. */
  readonly maxEscapes: number;
  /** The text may have characters beyond Latin-1. */
  readonly isWide: boolean;
}

/** Found early in a text of wide characters; a text that V8 keeps as Latin-1 is not searched. */
const wideCharacter = /[\u0100-\uffff]/;

/** A search through this text, which `closingQuote` continues from string to string. */
export function searchStrings(text: string, maxEscapes = Infinity): StringSearch {
  return { escapes: 0, maxEscapes, isWide: wideCharacter.test(text) };
}

/**
 * The index of the quote that closes the JSON string which opens at `opening`; −1 if none does, after too many escapes, or
 * at a U+0000 in a text of wide characters, which is not JSON.
 */
export function closingQuote(text: string, opening: number, search: StringSearch): number {
  let at = opening + 1;
  let readAhead = minReadAhead;
  for (;;) {
    const found = search.isWide ? nextQuoteOfWide(text, at) : text.indexOf('"', at);
    if (found === -1 || text.charCodeAt(found - 1) !== backslash) return found;
    const backslashes = backslashesBefore(text, found, search);
    if (exceeds(search, Math.floor(backslashes / 2))) return -1;
    if (backslashes % 2 === 0) return found;
    at = found + 1;
    const end = at + readAhead;
    let escaped = 0;
    while (at < end) {
      const code = text.charCodeAt(at);
      if (code === quote) return at;
      if (code === backslash) {
        at += 2;
        escaped++;
      } else at++;
    }
    if (exceeds(search, escaped)) return -1;
    readAhead = escaped === 0 ? minReadAhead : Math.min(2 * readAhead, maxReadAhead);
  }
}

/** Not a quote alone: that would be searched as indexOf does. A string of JSON has no U+0000. */
const quoteOrNul = /["\0]/g;

/** indexOf compares bytes first: of a text of wide characters, each that has the byte of a quote costs it 6 ns. */
function nextQuoteOfWide(text: string, start: number): number {
  quoteOrNul.lastIndex = start;
  if (!quoteOrNul.test(text)) return -1;
  const found = quoteOrNul.lastIndex - 1;
  return text.charCodeAt(found) === quote ? found : -1;
}

function exceeds(search: StringSearch, escapes: number): boolean {
  search.escapes += escapes;
  return search.escapes > search.maxEscapes;
}

/** Stops early where they are too many. */
function backslashesBefore(text: string, at: number, search: StringSearch): number {
  const first = at - 2 * (search.maxEscapes + 1);
  let before = at;
  while (before > first && text.charCodeAt(before - 1) === backslash) before--;
  return at - before;
}
