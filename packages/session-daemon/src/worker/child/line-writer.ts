import type { Writable } from "node:stream";

/** Unread by the child: more than this and it has stopped reading. */
const maxUnreadBytes = 32 * 1024 * 1024;

/** Writes lines to a child, all of one turn of the event loop in one system call. */
export class LineWriter {
  readonly #stream: Writable;
  #lines = "";

  constructor(stream: Writable) {
    this.#stream = stream;
    // A child that has gone is noticed by its exit.
    stream.on("error", () => undefined);
  }

  /** True when the child has stopped reading: what is written now would only fill our memory. */
  get isClogged(): boolean {
    return this.#stream.writableLength > maxUnreadBytes;
  }

  /** What a child that has stopped reading would not read is dropped: ask `isClogged` first where that matters. */
  write(line: string): void {
    if (this.isClogged) return;
    if (this.#lines === "") setImmediate(() => this.#flush());
    this.#lines += line;
    this.#lines += "\n";
  }

  /** Writes what is left and closes: the polite way to ask a stdio server to end. */
  end(): void {
    this.#flush();
    this.#stream.end();
  }

  #flush(): void {
    if (this.#lines !== "" && this.#stream.writable) this.#stream.write(this.#lines);
    this.#lines = "";
  }
}
