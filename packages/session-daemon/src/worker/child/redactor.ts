import { joinChunks, chunksInclude, type Chunks } from "../../jsonrpc/chunks.ts";

const replacement = "[redacted]";
/** A shorter "token" would tear holes into ordinary text. */
const minTokenLength = 8;

const tokenLike: readonly [pattern: RegExp, replacement: string][] = [
  [/\b(bearer|token)(\s+)[\w.~+/=-]{16,}/gi, `$1$2${replacement}`],
  [/([?&](?:access_)?token=)[^&\s"'\\]+/gi, `$1${replacement}`],
  // The look-behind keeps it linear: without it each `-eyJ` of a long run would be a start of its own.
  [/(?<![\w-])eyJ[\w-]{8,}\.[\w-]+\.[\w-]+/g, replacement],
];

/** Takes one worker's Forgejo token, and what looks like a token, out of what its child says. */
export class Redactor {
  readonly #token: string;
  readonly #tokenBytes: Buffer;

  constructor(token: string) {
    this.#token = token;
    this.#tokenBytes = Buffer.from(token);
  }

  /** The line without the token; the very same chunks if it was not in there, which costs next to nothing to know. */
  line(line: Chunks): Chunks {
    if (this.#token.length < minTokenLength || !chunksInclude(line, this.#tokenBytes)) return line;
    // Latin-1 keeps every byte as it is, and a token is ASCII.
    const text = joinChunks(line).toString("latin1").replaceAll(this.#token, replacement);
    return [Buffer.from(text, "latin1")];
  }

  /** For texts that are made for people: also whatever else looks like a token. */
  text(text: string): string {
    const own = this.#token.length < minTokenLength ? text : text.replaceAll(this.#token, replacement);
    return tokenLike.reduce((redacted, [pattern, by]) => redacted.replace(pattern, by), own);
  }
}
