import { closingQuote, searchStrings } from "./closing-quote.ts";

/** Where the value of a member is in its text. */
export interface MemberSpan {
  readonly start: number;
  readonly end: number;
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openingBracket = 0x5b;
const closingBracket = 0x5d;
const openingBrace = 0x7b;
const closingBrace = 0x7d;

/**
 * The values of the members of the object that begins at `opening` in the text, by the source text of their keys; the
 * first of several wins. Nested values are skipped. Linear; the text need not be valid JSON.
 */
export function objectMembers(text: string, opening = 0): ReadonlyMap<string, MemberSpan> {
  const members = new Map<string, MemberSpan>();
  const search = searchStrings(text);
  let depth = 0;
  let key: string | undefined;
  let start = 0;
  const endMember = (at: number) => {
    let end = at;
    while (end > start && isWhiteSpace(text.charCodeAt(end - 1))) end--;
    if (key !== undefined && !members.has(key)) members.set(key, { start, end });
    key = undefined;
  };
  for (let at = opening; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const end = closingQuote(text, at, search);
      if (end === -1) break;
      if (depth === 1 && key === undefined) {
        const value = valueAfterColon(text, end + 1);
        if (value !== undefined) {
          key = text.slice(at + 1, end);
          start = value;
          at = value - 1;
          continue;
        }
      }
      at = end;
    } else if (code === openingBrace || code === openingBracket) {
      depth++;
    } else if (code === closingBrace || code === closingBracket) {
      if (--depth <= 0) {
        endMember(at);
        break;
      }
    } else if (code === comma && depth === 1) {
      endMember(at);
    }
  }
  return members;
}

/** The index of the first character that is not white space, from `at` on. */
export function skipWhiteSpace(text: string, at: number): number {
  let next = at;
  while (isWhiteSpace(text.charCodeAt(next))) next++;
  return next;
}

function valueAfterColon(text: string, at: number): number | undefined {
  const end = skipWhiteSpace(text, at);
  return text.charCodeAt(end) === colon ? skipWhiteSpace(text, end + 1) : undefined;
}

function isWhiteSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}
