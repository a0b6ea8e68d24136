import { UpstreamUnavailableError } from "../errors/upstream-unavailable-error.ts";

/**
 * Tracks the code exchanges and refreshes in flight, each until its tokens are stored and its lock is released. Each of
 * them invalidates the account's previous refresh token, so aborting one before its tokens are stored would revoke all
 * grants of the account, even if no caller waits for the result any more.
 */
export interface RotationTracker {
  /** Rejects with UpstreamUnavailableError, without starting the rotation, once `drain` was called. */
  run<T>(rotation: () => Promise<T>): Promise<T>;
  /** Resolves once no rotation is in flight. */
  drain(): Promise<void>;
}

export function createRotationTracker(): RotationTracker {
  const running = new Set<Promise<unknown>>();
  let isDraining = false;

  return {
    async run(rotation) {
      if (isDraining) throw new UpstreamUnavailableError("This process is being stopped");
      const run = rotation();
      running.add(run);
      try {
        return await run;
      } finally {
        running.delete(run);
      }
    },

    async drain() {
      isDraining = true;
      await Promise.allSettled(running);
    },
  };
}
