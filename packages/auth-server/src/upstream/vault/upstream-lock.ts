import type { AccountId } from "@fjmcp/shared/ids";

/** Holds the refresh of one account's tokens to one process at a time. */
export interface UpstreamLock {
  /**
   * Tries once; undefined when somebody else holds the lock. The lock lapses by itself after `lifeMs`. The function
   * given releases it, unless it has lapsed and is another's by then.
   */
  acquire(account: AccountId, lifeMs: number): Promise<(() => Promise<void>) | undefined>;
}
