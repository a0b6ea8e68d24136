/** So many keys count as different without a comparison, which small messages would pay for. */
const uncompared = 1_000;
/** More than a message of 4 MiB has. */
const maxKeys = 2 ** 21;

/**
 * Counts the different keys of a message by their source text, each once for every key that it follows: objects with the
 * same keys in another order cost the parser as much as objects with other keys.
 */
export class KeyCounter {
  readonly #max: number;
  #count = 0;
  /** A number for each key. */
  #numbers: Map<string, number> | undefined;
  /** Pairs of consecutive keys. */
  #pairs: Set<number> | undefined;
  #previous = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** True if there are more different keys than the maximum, with the one between `start` and `end`. */
  exceedsWith(text: string, start: number, end: number): boolean {
    if (this.#count < uncompared) this.#count++;
    else {
      const number = this.#numberOf(text.slice(start, end));
      this.#pairs ??= new Set();
      this.#pairs.add(this.#previous * maxKeys + number);
      this.#previous = number;
      this.#count = uncompared + this.#pairs.size;
    }
    return this.#count > this.#max;
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
