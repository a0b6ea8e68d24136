import { setTimeout as sleep } from "node:timers/promises";

/**
 * Polls `condition` every few milliseconds until its value is none of undefined, null and false, and resolves with that
 * value. Rejects after `timeoutMs` with a message that names `what`; `cause` is what the condition threw. The default,
 * 60 s, only bounds a failure, so that a busy machine fails no test.
 */
export async function waitUntil<T>(
  what: string,
  condition: () => T | Promise<T>,
  options: { timeoutMs?: number; intervalMs?: number; signal?: AbortSignal } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const { timeoutMs = 60_000, intervalMs = 15 } = options;
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      const value = await condition();
      if (value !== undefined && value !== null && value !== false)
        return value as NonNullable<Exclude<T, false>>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= deadline) throw new Error(`Timed out after ${timeoutMs} ms: ${what}`, { cause });
    await sleep(intervalMs, undefined, { signal: options.signal });
  }
}
