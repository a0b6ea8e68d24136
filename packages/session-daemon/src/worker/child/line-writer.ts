import type { Writable } from "node:stream";

/** Unread by the child: with more than this it counts as having stopped reading. */
const maxUnreadBytes = 32 * 1024 * 1024;

/** Writes lines to a child; those of one turn of the event loop in one system call. */
export class LineWriter {
  readonly #stream: Writable;
  #lines = "";

  /** Resolves when a line cannot be written because the child has closed its end; never after `end`. */
  readonly closedByReader: Promise<void>;
  #hasEnded = false;

  constructor(stream: Writable) {
    this.#stream = stream;
    this.closedByReader = new Promise((resolve) => {
      const onClosed = () => {
        if (!this.#hasEnded) resolve();
      };
      // EPIPE.
      stream.on("error", onClosed);
      stream.once("close", onClosed);
    });
  }

  /** True when the child has stopped reading: further lines would only fill the memory. */
  get isClogged(): boolean {
    return this.#stream.writableLength > maxUnreadBytes;
  }

  /** Dropped when the child has stopped reading: check `isClogged` first where that matters. */
  write(line: string): void {
    if (this.isClogged) return;
    if (this.#lines === "") setImmediate(() => this.#flush());
    this.#lines += line;
    this.#lines += "\n";
  }

  /** Writes the last lines and closes, which asks a stdio server to end (MCP 2025-11-25, "Shutdown"). */
  end(): void {
    this.#flush();
    this.#hasEnded = true;
    this.#stream.end();
  }

  #flush(): void {
    if (this.#lines !== "" && this.#stream.writable) this.#stream.write(this.#lines);
    this.#lines = "";
  }
}
