import { setTimeout as sleep } from "node:timers/promises";
import type { UpstreamLock } from "../vault/upstream-lock.ts";

const pollMs = 50;
/** The lock lives this much longer than the timeouts of the calls to Forgejo. */
const marginMs = 2000;

/**
 * Runs a request for tokens, until they are stored, while no other process runs one, as far as that is possible. Rejects
 * with StoreUnavailableError.
 */
export type TokenRequestQueue = <T>(request: () => Promise<T>) => Promise<T>;

/**
 * Two code exchanges or refreshes of one account at the same moment race for the counter of its grant at Forgejo: the
 * loser's code is burned, or its refresh token invalid. The account is not known before an exchange, so all of the
 * application run one after the other. One that has waited for `waitMs` runs at once: other accounts must not wait for a
 * slow one.
 */
export function createTokenRequestQueue(deps: {
  lock: Pick<UpstreamLock, "acquireTokenRequest">;
  forgejoTimeoutMs: number;
  waitMs: number;
}): TokenRequestQueue {
  const { lock, forgejoTimeoutMs, waitMs } = deps;

  async function turn() {
    const giveUpAtMs = performance.now() + waitMs;
    for (;;) {
      // An exchange may be followed by an introspection.
      const release = await lock.acquireTokenRequest(2 * forgejoTimeoutMs + marginMs);
      if (release !== undefined || performance.now() >= giveUpAtMs) return release;
      await sleep(pollMs);
    }
  }

  return async function run(request) {
    const release = await turn();
    try {
      return await request();
    } finally {
      // A lock that cannot be released expires.
      await release?.().catch(() => undefined);
    }
  };
}
