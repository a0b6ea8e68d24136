import type { Log } from "@fjmcp/shared/log";
import type { Redactor } from "./redactor.ts";

const keptLines = 20;
const maxLineLength = 500;
const maxLinesPerSecond = 20;
// oxlint-disable-next-line no-control-regex -- colours
const colour = /\u001b\[[\d;]*m/g;

/**
 * What a child writes on stderr, redacted and rate-limited. Until the child is ready nothing of a user is in it, and it
 * goes to the log; later it may tell what users did: `trace` only. Its end is kept to explain a failed start or a crash.
 */
export class StderrLog {
  readonly #log: Log;
  readonly #redactor: Redactor;
  readonly #now: () => number;
  readonly #lastLines: string[] = [];
  #isReady = false;
  #second = 0;
  #linesInSecond = 0;

  constructor(log: Log, redactor: Redactor, now: () => number) {
    this.#log = log;
    this.#redactor = redactor;
    this.#now = now;
  }

  line(bytes: Buffer): void {
    if (!this.#isWithinRate()) return;
    const text = this.#redactor.text(bytes.toString("utf8").replace(colour, "")).slice(0, maxLineLength);
    this.#lastLines.push(text);
    if (this.#lastLines.length > keptLines) this.#lastLines.shift();
    if (this.#isReady) this.#log.trace({ stderr: text }, "worker wrote on stderr");
    else this.#log.debug({ stderr: text }, "starting worker wrote on stderr");
  }

  get lastLines(): readonly string[] {
    return this.#lastLines;
  }

  ready(): void {
    this.#isReady = true;
  }

  #isWithinRate(): boolean {
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#linesInSecond = 0;
    }
    return ++this.#linesInSecond <= maxLinesPerSecond;
  }
}
