import { setTimeout as sleep } from "node:timers/promises";
import type { UpstreamLock } from "../vault/upstream-lock.ts";

const pollMs = 50;
/** The lock lives this much longer than the timeouts of the calls to Forgejo. */
const marginMs = 2000;

/**
 * Runs a request for tokens, until they are stored, while no other one runs in any process, as far as that is possible: one
 * that has waited for `waitMs` runs at once. Rejects with StoreUnavailableError.
 */
export type TokenRequestQueue = <T>(request: () => Promise<T>, waitMs: number) => Promise<T>;

/**
 * Two code exchanges or refreshes of one account at the same moment race for the counter of its grant at Forgejo: the
 * loser's code is burned, or its refresh token invalid. The account is not known before an exchange, so all of the
 * application run one after the other: those of this process in their order, so that only one of them polls the lock.
 */
export function createTokenRequestQueue(deps: {
  lock: Pick<UpstreamLock, "acquireTokenRequest">;
  forgejoTimeoutMs: number;
}): TokenRequestQueue {
  const { lock, forgejoTimeoutMs } = deps;
  let last: Promise<void> = Promise.resolve();

  async function turn(before: Promise<void>, waitMs: number) {
    const giveUpAtMs = performance.now() + waitMs;
    await Promise.race([before, sleep(waitMs, undefined, { ref: false })]);
    for (;;) {
      // An exchange may be followed by an introspection.
      const release = await lock.acquireTokenRequest(2 * forgejoTimeoutMs + marginMs);
      if (release !== undefined || performance.now() >= giveUpAtMs) return release;
      await sleep(pollMs);
    }
  }

  return async function run(request, waitMs) {
    const before = last;
    const end = Promise.withResolvers<void>();
    last = end.promise;
    try {
      const release = await turn(before, waitMs);
      return await request().finally(() => release?.());
    } finally {
      end.resolve();
    }
  };
}
