/**
 * Remembers values for a short while: those of the present span, and those of the span before it, which are on their
 * way out. Nothing is older than two spans. What is put into a span that is over or was forgotten is nowhere: an
 * answer that comes late teaches nothing.
 */
export class ShortMemory<Value> {
  readonly #spanMs: number;
  #present = new Map<string, Value>();
  #past = new Map<string, Value>();
  #presentUntilMs = 0;
  #pastUntilMs = 0;

  constructor(spanMs: number) {
    this.#spanMs = spanMs;
  }

  /** The values of this moment's span. The clock decides which it is: a timer may ring late. */
  present(): Map<string, Value> {
    const nowMs = performance.now();
    if (nowMs >= this.#presentUntilMs) this.#begin(nowMs);
    if (nowMs >= this.#pastUntilMs) this.#past = new Map();
    return this.#present;
  }

  /** Those of the span before, as of the last call of `present`. */
  get past(): ReadonlyMap<string, Value> {
    return this.#past;
  }

  /** One value, in both spans. */
  delete(key: string): void {
    this.#present.delete(key);
    this.#past.delete(key);
  }

  forget(): void {
    this.#present = new Map();
    this.#past = new Map();
    // The next span has a timer of its own.
    this.#presentUntilMs = 0;
  }

  #begin(nowMs: number): void {
    this.#past = this.#present;
    this.#pastUntilMs = this.#presentUntilMs + this.#spanMs;
    const present = new Map<string, Value>();
    this.#present = present;
    this.#presentUntilMs = nowMs + this.#spanMs;
    // Nothing is kept until somebody asks again.
    setTimeout(() => {
      if (this.#present === present) this.forget();
    }, 2 * this.#spanMs);
  }
}
