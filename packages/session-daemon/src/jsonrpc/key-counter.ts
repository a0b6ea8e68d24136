/** So many keys count as different without a comparison, which small messages would pay for. */
const uncompared = 1_000;

/** Counts the different keys of a message, by their source text. */
export class KeyCounter {
  readonly #max: number;
  #count = 0;
  #compared: Set<string> | undefined;

  constructor(max: number) {
    this.#max = max;
  }

  /** True if there are more different keys than the maximum, with the one between `start` and `end`. */
  exceedsWith(text: string, start: number, end: number): boolean {
    if (this.#count < uncompared) this.#count++;
    else {
      this.#compared ??= new Set();
      this.#compared.add(text.slice(start, end));
      this.#count = uncompared + this.#compared.size;
    }
    return this.#count > this.#max;
  }
}
