/**
 * A map whose keys are pairs of strings, with at most `maxSize` entries. It nests two maps: V8 stores the hash of a
 * string that is a header's value, but would hash a key joined of both parts anew for every lookup.
 */
export class PairMap<Value> {
  readonly #maxSize: number;
  readonly #byFirst = new Map<string, Map<string, Value>>();
  #size = 0;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  get size(): number {
    return this.#size;
  }

  get(first: string, second: string): Value | undefined {
    return this.#byFirst.get(first)?.get(second);
  }

  /** Stores the value, unless the map is full and has none for this pair. */
  set(first: string, second: string, value: Value): void {
    const bySecond = this.#byFirst.get(first);
    if (bySecond?.has(second) !== true) {
      if (this.#size >= this.#maxSize) return;
      this.#size++;
    }
    if (bySecond === undefined) this.#byFirst.set(first, new Map([[second, value]]));
    else bySecond.set(second, value);
  }

  /** Deletes the entry; no key stays behind without a value. */
  delete(first: string, second: string): void {
    const bySecond = this.#byFirst.get(first);
    if (bySecond?.delete(second) !== true) return;
    this.#size--;
    if (bySecond.size === 0) this.#byFirst.delete(first);
  }
}
