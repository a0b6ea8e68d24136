import { joinChunks, chunksInclude, type Chunks } from "../../jsonrpc/chunks.ts";
import { tokenForms } from "./token-forms.ts";

const replacement = "[redacted]";

/** How much of a text the patterns look at; so long a text cannot exhaust the stack of a regular expression. */
const maxSearchedBytes = 16 * 1024;

const tokenLike: readonly [pattern: RegExp, replacement: string][] = [
  [/\b(bearer|token)(\s+|(?:\\[nrt])+)[\w.~+/=-]{16,}/gi, `$1$2${replacement}`],
  [/([?&](?:access_)?token=)[^&\s"'\\]+/gi, `$1${replacement}`],
  // The look-behind keeps it linear: without it every `-eyJ` of a long run would start another match attempt.
  [/(?<![\w-])eyJ[\w-]{8,}(?:\.[\w-]+){0,2}/g, replacement],
];

/** Removes one worker's Forgejo token, and anything that looks like a token, from the output of its child. */
export class Redactor {
  #forms: readonly string[] = [];
  #needles: readonly Buffer[] = [];

  /** To be called before the child has the token. */
  learn(token: string): void {
    this.#forms = tokenForms(token);
    this.#needles = this.#forms.map((form) => Buffer.from(form));
  }

  /** The line without the token in any of its forms; the same chunks, not copied, when it contains none. */
  line(line: Chunks): Chunks {
    if (!this.#needles.some((needle) => chunksInclude(line, needle))) return line;
    // Latin-1 keeps every byte as it is, and the forms of a token are ASCII.
    return [Buffer.from(this.#withoutForms(joinChunks(line).toString("latin1")), "latin1")];
  }

  /** Also removes anything else that looks like a token. For short texts. */
  text(text: string): string {
    return tokenLike.reduce((kept, [pattern, by]) => kept.replace(pattern, by), this.#withoutForms(text));
  }

  /** As `text`, for the first 16 KiB of a UTF-8 text; what does not change stays the same buffer. */
  beginning(text: Buffer): Buffer {
    const end = endOfSearch(text);
    const searched = text.toString("utf8", 0, end);
    const redacted = this.text(searched);
    return redacted === searched ? text : Buffer.concat([Buffer.from(redacted), text.subarray(end)]);
  }

  #withoutForms(text: string): string {
    return this.#forms.reduce((kept, form) => kept.replaceAll(form, replacement), text);
  }
}

/** Where a text that is too long is divided: not inside a character, nor inside what may be a token. */
function endOfSearch(text: Buffer): number {
  let end = Math.min(maxSearchedBytes, text.length);
  const last = Math.min(2 * maxSearchedBytes, text.length);
  while (end < last && mayContinue(text[end]!)) end++;
  while (end < text.length && isContinuation(text[end]!)) end++;
  return end;
}

function mayContinue(byte: number): boolean {
  return isContinuation(byte) || /[\w.~+/=-]/.test(String.fromCharCode(byte));
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
