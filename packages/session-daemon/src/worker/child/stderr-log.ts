import type { Clock } from "@fjmcp/shared/clock";
import { displayText } from "@fjmcp/shared/display-text";
import { joinChunks, type Chunks } from "../../jsonrpc/chunks.ts";
import type { WorkerEvents } from "../worker-events.ts";
import type { Redactor } from "./redactor.ts";

const keptLines = 20;
const maxLineLength = 500;
const maxLinesPerSecond = 20;
// oxlint-disable-next-line no-control-regex -- colours
const colour = /\u001b\[[\d;]*m/g;

/**
 * Logs a child's stderr, redacted and rate-limited. Until the child is ready it holds no data of users: it is logged at
 * `debug`, and its last lines are kept to explain a failed start. Later it may hold users' data: `trace` only.
 */
export class StderrLog {
  readonly #events: WorkerEvents;
  readonly #redactor: Redactor;
  readonly #clock: Clock;
  readonly #lastLines: string[] = [];
  #isReady = false;
  #second = 0;
  #linesInSecond = 0;

  constructor(events: WorkerEvents, redactor: Redactor, clock: Clock) {
    this.#events = events;
    this.#redactor = redactor;
    this.#clock = clock;
  }

  line(line: Chunks): void {
    if (!this.#isWithinRate()) return;
    const written = joinChunks(line).toString("utf8").replace(colour, "");
    const text = displayText(this.#redactor.text(written), maxLineLength);
    if (this.#isReady) {
      this.#events.stderr(text);
      return;
    }
    this.#lastLines.push(text);
    if (this.#lastLines.length > keptLines) this.#lastLines.shift();
    this.#events.startingStderr(text);
  }

  /** The last lines from before the child was ready. */
  get lastLines(): readonly string[] {
    return this.#lastLines;
  }

  /** To be called once, when the child is ready. */
  markReady(): void {
    this.#isReady = true;
    this.#lastLines.length = 0;
  }

  #isWithinRate(): boolean {
    const second = Math.floor(this.#clock() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#linesInSecond = 0;
    }
    return ++this.#linesInSecond <= maxLinesPerSecond;
  }
}
