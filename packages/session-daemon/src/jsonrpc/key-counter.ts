/** More than a message of 4 MiB has. */
const maxKeys = 2 ** 21;

/**
 * Finds the different keys of a message by their source text, each once for all keys that precede it in its object:
 * objects with the same keys in another order cost the parser as much as objects with other keys.
 */
export class KeyCounter {
  /** A number for each key. */
  readonly #numbers = new Map<string, number>();
  /** A number for each sequence of keys from the start of an object, by that of the sequence before and its last key. */
  readonly #sequences = new Map<number, number>();
  /** The sequence of the innermost open object; 0 is the empty one. */
  #sequence = 0;
  /** Those of the objects around it; 0 for one that was open before. */
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
    const next = this.#sequence * maxKeys + this.#numberOf(text.slice(start, end));
    const known = this.#sequences.get(next);
    this.#sequence = known ?? this.#sequences.size + 1;
    if (known === undefined) this.#sequences.set(next, this.#sequence);
    return known === undefined;
  }

  #numberOf(key: string): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const next = this.#numbers.size + 1;
    this.#numbers.set(key, next);
    return next;
  }
}
