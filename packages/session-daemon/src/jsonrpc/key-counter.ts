/** So many keys count as different without a comparison, which small messages would pay for. */
const uncompared = 200;
/** More than a message of 4 MiB has. */
const maxKeys = 2 ** 21;

/**
 * Finds the different keys of a message by their source text, each once for all keys that precede it in its object:
 * objects with the same keys in another order cost the parser as much as objects with other keys.
 */
export class KeyCounter {
  #uncompared = uncompared;
  /** A number for each key. */
  #numbers: Map<string, number> | undefined;
  /** A number for each sequence of keys from the start of an object, by that of the sequence before and its last key. */
  #sequences: Map<number, number> | undefined;
  /** The sequence of the innermost open object; 0 is the empty one. */
  #sequence = 0;
  /** Those of the objects around it. */
  readonly #outer: number[] = [];

  openObject(): void {
    this.#outer.push(this.#sequence);
    this.#sequence = 0;
  }

  closeObject(): void {
    this.#sequence = this.#outer.pop() ?? 0;
  }

  /** True if the key between `start` and `end` counts as different from all before. */
  isDifferent(text: string, start: number, end: number): boolean {
    if (this.#uncompared > 0) {
      this.#uncompared--;
      return true;
    }
    this.#sequences ??= new Map();
    const next = this.#sequence * maxKeys + this.#numberOf(text.slice(start, end));
    const known = this.#sequences.get(next);
    this.#sequence = known ?? this.#sequences.size + 1;
    if (known === undefined) this.#sequences.set(next, this.#sequence);
    return known === undefined;
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
