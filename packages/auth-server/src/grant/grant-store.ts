import type { AccountId, ClientId, GrantId } from "@fjmcp/shared/ids";

/**
 * The outcomes of storing a grant; only `stored` has stored it. `disconnected`: the account has no Forgejo tokens, because
 * its last grant was revoked meanwhile. `evict`: the account has as many grants as it may have, and the least recently
 * used one must be revoked first. `full`: it has, and each of them belongs to a login in flight.
 */
export const grantStoreOutcomes = ["stored", "disconnected", "evict", "full"] as const;
type GrantStoreOutcome = (typeof grantStoreOutcomes)[number];

/** Grants and the indexes of each account's and client's grants. Rejects with StoreUnavailableError. */
export interface GrantStore {
  /** `leastRecentlyUsed` comes with `evict`. */
  store(grant: {
    grantId: GrantId;
    accountId: AccountId;
    payload: string;
    expiresInSec: number;
  }): Promise<{ outcome: GrantStoreOutcome; leastRecentlyUsed: GrantId | undefined }>;
  find(grant: GrantId): Promise<string | undefined>;
  /** The account of a living grant. */
  accountOf(grant: GrantId): Promise<AccountId | undefined>;
  /**
   * Revokes a grant in one step: writes a tombstone; deletes the grant, its index entries, its token records and the MCP
   * sessions that belong to it; with the account's last grant its Forgejo tokens. The records of
   * more than 500 refresh tokens are deleted in further steps; without their grant they are of no use. The work does not
   * grow with the number of the account's other grants. Undefined when the grant was not alive.
   */
  revoke(grant: GrantId): Promise<{ accountId: AccountId; clientId: ClientId } | undefined>;
  grantsOf(account: AccountId): Promise<GrantId[]>;
}
