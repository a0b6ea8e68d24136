type Values = (string | null)[];

interface Reader {
  readonly from: number;
  readonly count: number;
  readonly resolve: (values: Values) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Batches the reads of one event-loop turn into one MGET: under load that halves the cost of a request (docs/adr/0002).
 */
export class MgetBatcher {
  readonly #mget: (keys: string[]) => Promise<Values>;
  #keys: string[] = [];
  #readers: Reader[] = [];

  constructor(mget: (keys: string[]) => Promise<Values>) {
    this.#mget = mget;
  }

  /** The values of the keys, null where there is none. Rejects as the MGET does. */
  read(keys: readonly string[]): Promise<Values> {
    if (this.#readers.length === 0) setImmediate(() => this.#send());
    return new Promise((resolve, reject) => {
      this.#readers.push({ from: this.#keys.length, count: keys.length, resolve, reject });
      this.#keys.push(...keys);
    });
  }

  #send(): void {
    const keys = this.#keys;
    const readers = this.#readers;
    this.#keys = [];
    this.#readers = [];
    void this.#settle(keys, readers);
  }

  async #settle(keys: string[], readers: readonly Reader[]): Promise<void> {
    try {
      const values = await this.#mget(keys);
      for (const { from, count, resolve } of readers) resolve(values.slice(from, from + count));
    } catch (error) {
      for (const { reject } of readers) reject(error);
    }
  }
}
