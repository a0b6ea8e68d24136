import { UpstreamUnavailableError } from "../errors/upstream-unavailable-error.ts";

/**
 * The code exchanges and refreshes under way, each up to the storing of what Forgejo gave and the release of its lock.
 * Every one kills the refresh token before it: when it breaks off, the account loses all its grants, whether anybody still
 * waits for the answer or not.
 */
export interface RotationTracker {
  /** Rejects with UpstreamUnavailableError, and begins nothing, once `settled` was called. */
  run<T>(rotation: () => Promise<T>): Promise<T>;
  /** Resolves when none is under way any more. */
  settled(): Promise<void>;
}

export function createRotationTracker(): RotationTracker {
  const running = new Set<Promise<unknown>>();
  let isStopping = false;

  return {
    async run(rotation) {
      if (isStopping) throw new UpstreamUnavailableError("This process is being stopped");
      const run = rotation();
      running.add(run);
      try {
        return await run;
      } finally {
        running.delete(run);
      }
    },

    async settled() {
      isStopping = true;
      await Promise.allSettled(running);
    },
  };
}
