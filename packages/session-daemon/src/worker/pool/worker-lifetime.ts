import type { Clock } from "@fjmcp/shared/clock";
import type { Worker } from "../child/worker.ts";

const maxTimerMs = 2 ** 31 - 1;

/**
 * Ends a worker when it has been idle for `idleTimeoutMs`, unless `isKept`, and retires it once its Forgejo token has expired
 * (`expiresAtMs`, since the epoch). One timer, set again only when it fires, so that a call costs nothing.
 */
export function limitLifetime(
  worker: Worker,
  idleTimeoutMs: number,
  expiresAtMs: number,
  clock: Clock,
  isKept: () => boolean,
): void {
  let timer: NodeJS.Timeout;
  const checkIn = (delayMs: number) => (timer = setTimeout(check, Math.min(delayMs, maxTimerMs)));
  const check = () => {
    const idleForMs = worker.idleSinceMs === undefined ? 0 : performance.now() - worker.idleSinceMs;
    const expiresInMs = expiresAtMs - clock();
    if (expiresInMs <= 0) worker.retire();
    else if (idleForMs < idleTimeoutMs) checkIn(Math.min(idleTimeoutMs - idleForMs, expiresInMs));
    else if (isKept()) checkIn(Math.min(idleTimeoutMs, expiresInMs));
    else void worker.end();
  };
  check();
  void worker.whenEnded.then(() => clearTimeout(timer));
}
