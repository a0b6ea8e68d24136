import type { Clock } from "@fjmcp/shared/clock";
import type { UpstreamToken } from "../upstream-token.ts";

/** After a failed rollover the worker with the old token serves at least this long before the next attempt. */
const maxRetryDelayMs = 1_000;

/**
 * `fresh`: the worker with this token accepts calls. `due`: its successor is to be started; it accepts calls only if
 * that fails. `expired`: it accepts none.
 */
export type TokenPhase = "fresh" | "due" | "expired";

/**
 * When a grant's calls move from the worker with one Forgejo token to a worker with the next one. Times are
 * milliseconds since the epoch.
 */
export class RolloverPolicy {
  readonly #requestTimeoutMs: number;
  readonly #clock: Clock;

  constructor(requestTimeoutMs: number, clock: Clock) {
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#clock = clock;
  }

  /** `dueAtMs` is the result of `dueAtMs` or `retryAtMs`. */
  phase(token: UpstreamToken, dueAtMs: number): TokenPhase {
    const nowMs = this.#clock();
    if (nowMs >= token.expiresAtMs) return "expired";
    return nowMs < dueAtMs ? "fresh" : "due";
  }

  /** Before the expiry by the request timeout, which a call that starts now may take, or by a third of its life. */
  dueAtMs(token: UpstreamToken): number {
    return token.expiresAtMs - this.#leadMs(token);
  }

  /** When to try again after a rollover that failed now. */
  retryAtMs(token: UpstreamToken): number {
    return this.#clock() + Math.min(maxRetryDelayMs, this.#leadMs(token) / 3);
  }

  #leadMs({ issuedAtMs, expiresAtMs }: UpstreamToken): number {
    return Math.min(this.#requestTimeoutMs, (expiresAtMs - issuedAtMs) / 3);
  }
}
