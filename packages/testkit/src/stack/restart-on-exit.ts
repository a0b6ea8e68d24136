import { setTimeout as sleep } from "node:timers/promises";

export interface Running {
  readonly pid: number;
  readonly exited: Promise<unknown>;
}

const restartDelayMs = 100;
const failedStartDelayMs = 1_000;

/**
 * Restarts a process whenever it exits, as systemd's `Restart=always` does, until `signal` aborts; resolves then. The
 * caller ends the process that is running at that moment.
 */
export async function restartOnExit(
  first: Running,
  options: {
    start: (signal: AbortSignal) => Promise<Running>;
    onRestarted?: (running: Running) => void;
    /** Called before each start, which waits for the promise. */
    allowed?: () => Promise<unknown> | undefined;
    signal: AbortSignal;
  },
): Promise<void> {
  const { signal } = options;
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  let running = first;
  for (;;) {
    await Promise.race([running.exited, aborted]);
    try {
      await sleep(restartDelayMs, undefined, { signal });
      await Promise.race([options.allowed?.(), aborted]);
      signal.throwIfAborted();
      running = await options.start(signal);
      options.onRestarted?.(running);
    } catch {
      // The process's log says why; as with systemd, the next attempt follows.
      if (signal.aborted) return;
      await sleep(failedStartDelayMs);
    }
  }
}
