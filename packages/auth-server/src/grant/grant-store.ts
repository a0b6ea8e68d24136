import type { AccountId, ClientId, GrantId } from "@fjmcp/shared/ids";

/** Grants and the index of each account's grants. Rejects with StoreUnavailableError. */
export interface GrantStore {
  /** False, and nothing stored, when the account has no Forgejo tokens: its last grant was revoked meanwhile. */
  store(grant: {
    grantId: GrantId;
    accountId: AccountId;
    clientId: ClientId;
    payload: string;
    expiresInSec: number;
  }): Promise<boolean>;
  find(grant: GrantId): Promise<string | undefined>;
  /** The account of a living grant. */
  accountOf(grant: GrantId): Promise<AccountId | undefined>;
  /**
   * Revokes a grant in one step: writes a tombstone; deletes the token records, the grant and its index entry; with the
   * last grant of the account and client their MCP sessions; with the account's last its Forgejo tokens. Undefined when
   * the grant was not alive.
   */
  revoke(grant: GrantId): Promise<{ accountId: AccountId; clientId: ClientId } | undefined>;
  grantsOf(account: AccountId): Promise<GrantId[]>;
}
