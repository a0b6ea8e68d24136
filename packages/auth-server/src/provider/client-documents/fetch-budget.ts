const everyMs = 60_000;

/** Bounds what any stranger can make this server fetch: `max` different documents a minute in all. */
export class FetchBudget {
  readonly #max: number;
  readonly #urls = new Set<string>();
  #untilMs = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Whether this document may be fetched in this minute: one that may, may again. */
  allows(url: string): boolean {
    const nowMs = performance.now();
    if (nowMs >= this.#untilMs) {
      this.#untilMs = nowMs + everyMs;
      this.#urls.clear();
    }
    if (this.#urls.size < this.#max) this.#urls.add(url);
    return this.#urls.has(url);
  }
}
