import type { InFlightCall } from "./in-flight-call.ts";

/**
 * The cancelled calls of one child that it may still be busy with. It need not answer them, so when it answers a ping
 * that was sent after the cancellation, it is taken to be done with them.
 */
export class CancelledCalls {
  readonly #ping: (answered: () => void) => void;
  readonly #done: (call: InFlightCall) => void;
  readonly #calls = new Set<InFlightCall>();
  #isProbing = false;

  /** `ping` asks the child for a sign of life; `done` is told of every call once, when it no longer counts. */
  constructor(ping: (answered: () => void) => void, done: (call: InFlightCall) => void) {
    this.#ping = ping;
    this.#done = done;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** To be called after the child was told. */
  add(call: InFlightCall): void {
    this.#calls.add(call);
    this.#probe();
  }

  /** The child has answered it after all, or its time is up. */
  delete(call: InFlightCall): void {
    if (this.#calls.delete(call)) this.#done(call);
  }

  #probe(): void {
    if (this.#isProbing || this.#calls.size === 0) return;
    this.#isProbing = true;
    const covered = [...this.#calls];
    this.#ping(() => {
      this.#isProbing = false;
      for (const call of covered) this.delete(call);
      this.#probe();
    });
  }
}
