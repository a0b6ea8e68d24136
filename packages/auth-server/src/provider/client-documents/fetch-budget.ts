const everyMs = 60_000;

/**
 * Bounds what any stranger can make this server fetch: `max` different documents a minute in all, and `maxOfHost` of one
 * host, so that one host does not use up what all others need.
 */
export class FetchBudget {
  readonly #max: number;
  readonly #maxOfHost: number;
  readonly #urls = new Set<string>();
  readonly #countOfHost = new Map<string, number>();
  #untilMs = 0;

  constructor({ max, maxOfHost }: { max: number; maxOfHost: number }) {
    this.#max = max;
    this.#maxOfHost = maxOfHost;
  }

  /** Whether this document may be fetched in this minute: one that may, may again. */
  allows(url: string): boolean {
    const nowMs = performance.now();
    if (nowMs >= this.#untilMs) {
      this.#untilMs = nowMs + everyMs;
      this.#urls.clear();
      this.#countOfHost.clear();
    }
    if (this.#urls.has(url)) return true;
    const { host } = new URL(url);
    const ofHost = this.#countOfHost.get(host) ?? 0;
    if (this.#urls.size >= this.#max || ofHost >= this.#maxOfHost) return false;
    this.#urls.add(url);
    this.#countOfHost.set(host, ofHost + 1);
    return true;
  }
}
