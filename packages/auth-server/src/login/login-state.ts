import type { LoginFault } from "./login-fault.ts";
import { loginAttemptSec } from "./login-cookie.ts";

/** Servers' clocks may differ by this much. */
const maxClockDifferenceSec = 60;

/**
 * The state for Forgejo: a secret, with the time at which the login starts, in seconds since the epoch. The time only
 * chooses the page of a login that is over, so it needs no protection.
 */
export function loginState(startedAtSec: number, secret: string): string {
  return `${startedAtSec.toString(36)}.${secret}`;
}

/** Why a state is not stored, or no longer. */
export function faultOfOldState(state: string, nowMs: number): LoginFault {
  const [, startedAt] = /^([\da-z]{6,7})\.[\w-]{43}$/.exec(state) ?? [];
  if (startedAt === undefined) return "no_login";
  const ageSec = nowMs / 1000 - parseInt(startedAt, 36);
  if (ageSec < -maxClockDifferenceSec) return "clock_changed";
  return ageSec > loginAttemptSec ? "expired" : "finished";
}
