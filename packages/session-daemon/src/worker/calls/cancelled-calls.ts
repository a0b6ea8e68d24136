import type { InFlightCall } from "./in-flight-call.ts";

/**
 * The cancelled calls of one child that it may still be busy with. It need not respond to them (MCP 2025-11-25,
 * "Cancellation"), so its response to a ping that was sent after the cancellation counts as the end of its work on them.
 */
export class CancelledCalls {
  readonly #ping: (onResponse: () => void) => void;
  readonly #onDone: (call: InFlightCall) => void;
  readonly #calls = new Set<InFlightCall>();
  #isProbing = false;

  /** `onDone` is called once for every call, when the child is no longer busy with it. */
  constructor(ping: (onResponse: () => void) => void, onDone: (call: InFlightCall) => void) {
    this.#ping = ping;
    this.#onDone = onDone;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** To be called after the child was notified of the cancellation. */
  add(call: InFlightCall): void {
    this.#calls.add(call);
    this.#probe();
  }

  /** The child has responded to it after all, or its deadline has passed. */
  delete(call: InFlightCall): void {
    if (this.#calls.delete(call)) this.#onDone(call);
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
