/** Counts what happens to workers. */
export interface WorkerMetrics {
  /**
   * `spawnSec`: from the spawn to the child's response to `initialize`, without a wait for its Forgejo token; `startSec`: with
   * that and the wait for a slot.
   */
  onStarted(times: { spawnSec: number; startSec: number }): void;
  onStartFailed(): void;
  /** A worker exited by itself. */
  onExited(exit: { outOfMemory: boolean }): void;
  /** A call waited for a worker for so long, whether or not it got one. */
  onWaited(seconds: number): void;
}

/** Counts nothing. */
export const noWorkerMetrics: WorkerMetrics = {
  onStarted: () => undefined,
  onStartFailed: () => undefined,
  onExited: () => undefined,
  onWaited: () => undefined,
};
