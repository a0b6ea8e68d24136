import type { LogEntry } from "./log-entry.ts";

/** The last entries of a log of any length, `max` of them at most. */
export class LastEntries {
  readonly #max: number;
  readonly #entries: LogEntry[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  /** In the order in which they were added. */
  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  add(entry: LogEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > this.#max) this.#entries.shift();
  }
}
