import type { AccountId } from "@fjmcp/shared/ids";
import { PairMap } from "./pair-map.ts";

/**
 * Cache with two generations. New entries go to the current one, which becomes the previous one after `ttlMs` and is
 * dropped one TTL later: an entry lives one to two TTLs. `clear` replaces both maps, so a lookup that started earlier
 * writes into a detached map, which is never read.
 */
export class GenerationalCache<Value> {
  readonly ttlMs: number;
  readonly #newMap: () => PairMap<Value>;
  #current: PairMap<Value>;
  #previous: PairMap<Value>;
  #currentUntilMs = 0;
  #previousUntilMs = 0;
  #generation = 0;

  /** `maxEntries` bounds each generation; a full one evicts an entry of the account that has the most. */
  constructor(ttlMs: number, maxEntries: number, accountOf: (value: Value) => AccountId) {
    this.ttlMs = ttlMs;
    this.#newMap = () => new PairMap(maxEntries, accountOf);
    this.#current = this.#newMap();
    this.#previous = this.#newMap();
  }

  /**
   * The map for new entries. Starts a new generation when the TTL is over; the clock decides, as timers may be late.
   */
  current(): PairMap<Value> {
    const nowMs = performance.now();
    if (nowMs >= this.#currentUntilMs) this.#startGeneration(nowMs);
    if (nowMs >= this.#previousUntilMs) this.#previous = this.#newMap();
    return this.#current;
  }

  /** The entries of the generation before, as of the last call of `current`. */
  get previous(): PairMap<Value> {
    return this.#previous;
  }

  /** Another number for each map that `current` returns. */
  get generation(): number {
    return this.#generation;
  }

  clear(): void {
    this.#current = this.#newMap();
    this.#previous = this.#newMap();
    // The next call of `current` starts a generation, with a timer of its own.
    this.#currentUntilMs = 0;
  }

  /** Deletes the entries whose values match. */
  delete(matches: (value: Value) => boolean): void {
    for (const map of [this.#current, this.#previous]) map.deleteAll(matches);
  }

  #startGeneration(nowMs: number): void {
    this.#previous = this.#current;
    this.#previousUntilMs = this.#currentUntilMs + this.ttlMs;
    this.#current = this.#newMap();
    this.#currentUntilMs = nowMs + this.ttlMs;
    const generation = ++this.#generation;
    // Keeps no entry in memory until the next request comes.
    setTimeout(() => {
      if (this.#generation === generation) this.clear();
    }, 2 * this.ttlMs).unref();
  }
}
