import type { CallError } from "../call.ts";

const firstDelayMs = 250;
const maxDelayMs = 10_000;
/** A child that starts, but crashes on its calls, is started again without a delay this often. */
const freeCrashes = 3;

/** Delays the starts of one grant's child while it keeps failing: exponentially, up to ten seconds. */
export class StartBackoff {
  #failures = 0;
  #crashes = 0;
  #lastError: CallError | undefined;
  #notBeforeMs = 0;

  /** The last failure while it is too early for another start. Times are on the clock of `performance.now()`. */
  blockedBy(nowMs: number): CallError | undefined {
    return nowMs < this.#notBeforeMs ? this.#lastError : undefined;
  }

  recordFailure(error: CallError, nowMs: number): void {
    this.#lastError = error;
    this.#notBeforeMs = nowMs + Math.min(maxDelayMs, firstDelayMs * 2 ** this.#failures++);
  }

  /**
   * The child ended by itself after it had started; true when that happens too often and counts as a failed start.
   * `hadCompletedCalls`: it had responded to a client before.
   */
  recordCrash(hadCompletedCalls: boolean): boolean {
    this.#crashes = hadCompletedCalls ? 0 : this.#crashes + 1;
    return this.#crashes > freeCrashes;
  }

  recordStart(): void {
    if (this.#crashes <= freeCrashes) this.#failures = 0;
  }
}
