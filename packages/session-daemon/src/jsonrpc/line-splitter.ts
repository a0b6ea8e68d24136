import type { Chunks } from "./chunks.ts";

const lineFeed = 0x0a;

/**
 * Splits a stream of chunks into lines (without the LF). A line longer than `maxBytes` is reported once, as soon as that
 * is known, and skipped: at most `maxBytes` and one chunk are held.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  readonly #onLine: (line: Chunks) => void;
  readonly #onTooLong: () => void;
  readonly #onRest: (line: Chunks) => void;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #skipping = false;

  /** `onRest` gets what the stream ends with after its last LF. */
  constructor(
    maxBytes: number,
    onLine: (line: Chunks) => void,
    onTooLong: () => void,
    onRest: (line: Chunks) => void = onLine,
  ) {
    this.#maxBytes = maxBytes;
    this.#onLine = onLine;
    this.#onTooLong = onTooLong;
    this.#onRest = onRest;
  }

  /**
   * Reads the chunk up to the end of its line number `maxLines`, or as a whole. The number of bytes that it has read: the
   * caller pushes the others again.
   */
  push(chunk: Buffer, maxLines = Infinity): number {
    let start = 0;
    let lines = 0;
    let end = chunk.indexOf(lineFeed);
    while (end !== -1) {
      const tail = chunk.subarray(start, end);
      if (this.#heldBytes === 0 && tail.length <= this.#maxBytes) this.#onLine([tail]);
      else this.#finish(tail);
      start = end + 1;
      lines++;
      if (lines >= maxLines) return start;
      end = chunk.indexOf(lineFeed, start);
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start));
    return chunk.length;
  }

  /** The last line has no end yet. */
  get isIncomplete(): boolean {
    return this.#heldBytes > 0;
  }

  /** To be called at the end of the stream: the rest of it counts as a line. */
  end(): void {
    if (this.#heldBytes > 0) this.#finish(Buffer.alloc(0), this.#onRest);
  }

  #finish(tail: Buffer, onLine = this.#onLine): void {
    if (tail.length > 0) this.#hold(tail);
    const [first = tail, ...rest] = this.#held;
    const skipped = this.#skipping;
    this.#held = [];
    this.#heldBytes = 0;
    this.#skipping = false;
    if (!skipped) onLine([first, ...rest]);
  }

  #hold(chunk: Buffer): void {
    if (this.#skipping) return;
    this.#heldBytes += chunk.length;
    if (this.#heldBytes <= this.#maxBytes) {
      this.#held.push(chunk);
      return;
    }
    this.#held = [];
    this.#skipping = true;
    this.#onTooLong();
  }
}
