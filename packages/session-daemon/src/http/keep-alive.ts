/** When the next keep-alive is due on one answer that may take long. */
export class KeepAlive {
  readonly #intervalMs: number;
  #dueMs: number;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
    this.#dueMs = performance.now() + intervalMs;
  }

  /** True once in every interval, on the clock of performance.now(). */
  isDue(nowMs: number): boolean {
    if (nowMs < this.#dueMs) return false;
    this.#dueMs = nowMs + this.#intervalMs;
    return true;
  }
}
