import type { CallError } from "../call.ts";

const firstDelayMs = 250;
const maxDelayMs = 10_000;
/** A child that crashes on what it is asked, though it starts well, is started again at once this often. */
const freeCrashes = 3;

/** Spaces out the starts of a child that fails again and again: one grant's, exponentially, up to ten seconds. */
export class StartBackoff {
  #failures = 0;
  #crashes = 0;
  #lastError: CallError | undefined;
  #notBeforeMs = 0;

  /** The last failure while it is too early for another start; times are of `performance.now()`. */
  blockedBy(nowMs: number): CallError | undefined {
    return nowMs < this.#notBeforeMs ? this.#lastError : undefined;
  }

  startFailed(error: CallError, nowMs: number): void {
    this.#lastError = error;
    this.#notBeforeMs = nowMs + Math.min(maxDelayMs, firstDelayMs * 2 ** this.#failures++);
  }

  /** The child ended by itself after a good start; true when that happens too often and counts as a failed one. */
  crashed(hadAnswered: boolean): boolean {
    this.#crashes = hadAnswered ? 0 : this.#crashes + 1;
    return this.#crashes > freeCrashes;
  }

  started(): void {
    if (this.#crashes <= freeCrashes) this.#failures = 0;
  }
}
