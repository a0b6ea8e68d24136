import type { AccountId } from "@fjmcp/shared/ids";

/** Releases a lock; does nothing once it has expired and another process holds it. Never rejects. */
type Release = () => Promise<void>;

/**
 * Locks over all processes, which expire after `lifeMs`. Each method tries once; undefined while another process holds
 * the lock. Both reject with StoreUnavailableError.
 */
export interface UpstreamLock {
  /** One refresh of an account's tokens at a time. */
  acquire(account: AccountId, lifeMs: number): Promise<Release | undefined>;
  /** One exchange or refresh of the Forgejo application at a time: only an exchange's response names the account. */
  acquireTokenRequest(lifeMs: number): Promise<Release | undefined>;
}
