import { writeOut } from "./output.ts";
import { truncateToWidth } from "./truncate.ts";

const enter = "\u001B[?1049h\u001B[?25l";
const leave = "\u001B[?25h\u001B[?1049l";
const home = "\u001B[H";
const clearLine = "\u001B[K";
const clearBelow = "\u001B[J";
/** Ctrl-C and Ctrl-D too: in raw mode they are keys. */
const quitKeys = ["q", "Q", "\u0003", "\u0004"];

/**
 * The whole terminal: the alternate screen, without cursor, restored by `using`. Each frame is one write that overwrites
 * the last one line by line, so that nothing flickers.
 */
export class Screen implements Disposable {
  readonly #quit = new AbortController();
  #lines: readonly string[] = [];
  #footer = "";

  constructor() {
    process.stdin.setRawMode(true).resume().on("data", this.#onKeys);
    process.stdout.on("resize", this.#draw);
    writeOut(enter);
    for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const) process.once(signal, this.#onSignal);
    // Also when the process ends by an error.
    process.once("exit", this.#restore);
  }

  /** Aborts when the user quits, or the process is to end. */
  get signal(): AbortSignal {
    return this.#quit.signal;
  }

  /** As many lines as there is room for, a blank one, and the footer. */
  show(lines: readonly string[], footer: string): void {
    this.#lines = lines;
    this.#footer = footer;
    this.#draw();
  }

  [Symbol.dispose](): void {
    process.off("exit", this.#restore);
    process.stdin.off("data", this.#onKeys).pause();
    process.stdout.off("resize", this.#draw);
    this.#restore();
  }

  readonly #draw = (): void => {
    // A terminal that does not know its size, such as a serial console, says 0.
    const rows = process.stdout.rows || 24;
    const columns = process.stdout.columns || 80;
    const lines = [...this.#lines.slice(0, Math.max(0, rows - 2)), "", this.#footer];
    const shown = lines.map((line) => truncateToWidth(line, columns) + clearLine);
    writeOut(home + shown.join("\r\n") + clearBelow);
  };

  readonly #onKeys = (keys: Buffer): void => {
    const text = keys.toString();
    if (quitKeys.some((key) => text.includes(key))) this.#quit.abort();
  };

  readonly #onSignal = (): void => this.#quit.abort();

  readonly #restore = (): void => {
    try {
      process.stdin.setRawMode(false);
      writeOut(leave);
    } catch {
      // The terminal has gone.
    }
  };
}
