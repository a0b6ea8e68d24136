import { setTimeout as sleep } from "node:timers/promises";

export interface Running {
  readonly pid: number;
  readonly exited: Promise<unknown>;
}

const restartDelayMs = 100;
const failedStartDelayMs = 1_000;

/**
 * Starts something again whenever it ends, as systemd's `Restart=always` would, until `signal` aborts; resolves then.
 * What is running at that moment is left to the caller.
 */
export async function restartOnExit(
  first: Running,
  again: {
    start: (signal: AbortSignal) => Promise<Running>;
    restarted?: (running: Running) => void;
    /** A start waits for this. */
    allowed?: () => Promise<unknown> | undefined;
    signal: AbortSignal;
  },
): Promise<void> {
  const { signal } = again;
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  let running = first;
  for (;;) {
    await Promise.race([running.exited, aborted]);
    try {
      await sleep(restartDelayMs, undefined, { signal });
      await Promise.race([again.allowed?.(), aborted]);
      signal.throwIfAborted();
      running = await again.start(signal);
      again.restarted?.(running);
    } catch {
      // Its log says why; systemd would try again, too.
      if (signal.aborted) return;
      await sleep(failedStartDelayMs);
    }
  }
}
