/**
 * Remembers values for a short while: those of the present span, and those of the span before it, which are on their
 * way out. Nothing is older than two spans. What is put into a span that is over or was forgotten is nowhere: an
 * answer that comes late teaches nothing.
 */
export class GenerationalCache<Values> {
  readonly #spanMs: number;
  readonly #none: () => Values;
  #present: Values;
  #past: Values;
  #presentUntilMs = 0;
  #pastUntilMs = 0;

  /** `none` makes the place for the values of one span. */
  constructor(spanMs: number, none: () => Values) {
    this.#spanMs = spanMs;
    this.#none = none;
    this.#present = none();
    this.#past = none();
  }

  /** The values of this moment's span. The clock decides which it is: a timer may ring late. */
  present(): Values {
    const nowMs = performance.now();
    if (nowMs >= this.#presentUntilMs) this.#begin(nowMs);
    if (nowMs >= this.#pastUntilMs) this.#past = this.#none();
    return this.#present;
  }

  /** Those of the span before, as of the last call of `present`. */
  get past(): Values {
    return this.#past;
  }

  forget(): void {
    this.#present = this.#none();
    this.#past = this.#none();
    // The next span has a timer of its own.
    this.#presentUntilMs = 0;
  }

  #begin(nowMs: number): void {
    this.#past = this.#present;
    this.#pastUntilMs = this.#presentUntilMs + this.#spanMs;
    const present = this.#none();
    this.#present = present;
    this.#presentUntilMs = nowMs + this.#spanMs;
    // Nothing is kept until somebody asks again.
    setTimeout(() => {
      if (this.#present === present) this.forget();
    }, 2 * this.#spanMs);
  }
}
