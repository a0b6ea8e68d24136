import type { AccountId } from "@fjmcp/shared/ids";

/** A lock over all processes: one refresh of an account's tokens at a time. */
export interface UpstreamLock {
  /**
   * Tries once; undefined while another process holds the lock. The lock expires after `lifeMs`. The returned function
   * releases it, and does nothing once it has expired and another process holds it. Both reject with
   * StoreUnavailableError.
   */
  acquire(account: AccountId, lifeMs: number): Promise<(() => Promise<void>) | undefined>;
}
