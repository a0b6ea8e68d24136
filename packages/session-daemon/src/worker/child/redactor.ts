import { joinChunks, chunksInclude, type Chunks } from "../../jsonrpc/chunks.ts";

const replacement = "[redacted]";
/** A shorter "token" would match inside ordinary text. */
const minTokenLength = 8;

const tokenLike: readonly [pattern: RegExp, replacement: string][] = [
  [/\b(bearer|token)(\s+)[\w.~+/=-]{16,}/gi, `$1$2${replacement}`],
  [/([?&](?:access_)?token=)[^&\s"'\\]+/gi, `$1${replacement}`],
  // The look-behind keeps it linear: without it every `-eyJ` of a long run would start another match attempt.
  [/(?<![\w-])eyJ[\w-]{8,}\.[\w-]+\.[\w-]+/g, replacement],
];

/** Removes one worker's Forgejo token, and anything that looks like a token, from the output of its child. */
export class Redactor {
  readonly #token: string;
  readonly #tokenBytes: Buffer;

  constructor(token: string) {
    this.#token = token;
    this.#tokenBytes = Buffer.from(token);
  }

  /** The line without the token; the same chunks, not copied, when it does not contain the token. */
  line(line: Chunks): Chunks {
    if (this.#token.length < minTokenLength || !chunksInclude(line, this.#tokenBytes)) return line;
    // Latin-1 keeps every byte as it is, and a token is ASCII.
    const text = joinChunks(line).toString("latin1").replaceAll(this.#token, replacement);
    return [Buffer.from(text, "latin1")];
  }

  /** For error texts and stderr: also removes anything else that looks like a token. */
  text(text: string): string {
    const own = this.#token.length < minTokenLength ? text : text.replaceAll(this.#token, replacement);
    return tokenLike.reduce((redacted, [pattern, by]) => redacted.replace(pattern, by), own);
  }
}
