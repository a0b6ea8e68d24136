import { setTimeout as sleep } from "node:timers/promises";
import type { UpstreamLock } from "../vault/upstream-lock.ts";

const pollMs = 50;
/** The lock lives this much longer than the timeout of a call to Forgejo. */
const marginMs = 2000;

/** Runs a code exchange while no other process does, as far as that is possible. Rejects with StoreUnavailableError. */
export type ExchangeQueue = <T>(exchange: () => Promise<T>) => Promise<T>;

/**
 * Two code exchanges of one account at the same moment race for the counter of its grant at Forgejo, and the loser's code
 * is burned. The account is not known before the exchange, so all exchanges of the application run one after the other.
 * One that has waited for `waitMs` runs at once: the logins of other accounts must not wait for a slow one.
 */
export function createExchangeQueue(deps: {
  lock: Pick<UpstreamLock, "acquireExchange">;
  forgejoTimeoutMs: number;
  waitMs: number;
}): ExchangeQueue {
  const { lock, forgejoTimeoutMs, waitMs } = deps;

  async function turn() {
    const giveUpAtMs = performance.now() + waitMs;
    for (;;) {
      const release = await lock.acquireExchange(forgejoTimeoutMs + marginMs);
      if (release !== undefined || performance.now() >= giveUpAtMs) return release;
      await sleep(pollMs);
    }
  }

  return async function run(exchange) {
    const release = await turn();
    try {
      return await exchange();
    } finally {
      // A lock that cannot be released expires.
      await release?.().catch(() => undefined);
    }
  };
}
