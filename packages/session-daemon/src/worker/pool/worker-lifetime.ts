import type { Clock } from "@fjmcp/shared/clock";
import type { Worker } from "../child/worker.ts";

const maxTimerMs = 2 ** 31 - 1;

/**
 * Ends a worker when it has been idle for `idleTimeoutMs`, and retires it once its Forgejo token has expired
 * (`expiresAtMs`, since the epoch). One timer, set again only when it fires, so that a call costs nothing.
 */
export function limitLifetime(
  worker: Worker,
  idleTimeoutMs: number,
  expiresAtMs: number,
  clock: Clock,
): void {
  let timer: NodeJS.Timeout;
  const check = () => {
    const idleForMs = worker.idleSinceMs === undefined ? 0 : performance.now() - worker.idleSinceMs;
    const expiresInMs = expiresAtMs - clock();
    if (expiresInMs <= 0) worker.retire();
    else if (idleForMs >= idleTimeoutMs) void worker.end();
    else timer = setTimeout(check, Math.min(idleTimeoutMs - idleForMs, expiresInMs, maxTimerMs));
  };
  check();
  void worker.gone.then(() => clearTimeout(timer));
}
