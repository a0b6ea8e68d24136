/** So many keys count as different without a comparison, which small messages would pay for. */
const uncompared = 1_000;
/** More than a message of 4 MiB has. */
const maxKeys = 2 ** 21;

/**
 * Finds the different keys of a message by their source text, each once for every key that it follows: objects with the
 * same keys in another order cost the parser as much as objects with other keys.
 */
export class KeyCounter {
  #uncompared = uncompared;
  /** A number for each key. */
  #numbers: Map<string, number> | undefined;
  /** Pairs of consecutive keys. */
  #pairs: Set<number> | undefined;
  #previous = 0;

  /** True if the key between `start` and `end` counts as different from all before. */
  isDifferent(text: string, start: number, end: number): boolean {
    if (this.#uncompared > 0) {
      this.#uncompared--;
      return true;
    }
    const number = this.#numberOf(text.slice(start, end));
    this.#pairs ??= new Set();
    const known = this.#pairs.size;
    this.#pairs.add(this.#previous * maxKeys + number);
    this.#previous = number;
    return this.#pairs.size > known;
  }

  #numberOf(key: string): number {
    this.#numbers ??= new Map();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const next = this.#numbers.size + 1;
    this.#numbers.set(key, next);
    return next;
  }
}
