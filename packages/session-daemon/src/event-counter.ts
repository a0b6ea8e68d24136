const everyMs = 1_000;

/** Counts events that others can cause at will, so that they are logged once a second at most. */
export class EventCounter {
  readonly #log: (count: number) => void;
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `log` gets the number of events since its last call: at once for the first, then after a second. */
  constructor(log: (count: number) => void) {
    this.#log = log;
  }

  /** Nothing has been counted for a second. */
  get isIdle(): boolean {
    return this.#timer === undefined;
  }

  count(): void {
    this.#count++;
    if (this.#timer === undefined) this.#flush();
  }

  #flush(): void {
    this.#timer = undefined;
    if (this.#count === 0) return;
    this.#log(this.#count);
    this.#count = 0;
    this.#timer = setTimeout(() => this.#flush(), everyMs).unref();
  }
}
