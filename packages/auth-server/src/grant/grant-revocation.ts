import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type { RevocationReason } from "@fjmcp/shared/ipc/explain";

/** Revokes grants: tombstone, token records, indexes and sessions in one atomic step, then workers and streams. */
export interface GrantRevocation {
  /**
   * Resolves once the tokens are deleted and the session-daemon was notified; its sweep makes up for a failed call. True
   * for the one caller that has revoked it, false when it was not alive. Rejects with StoreUnavailableError.
   */
  revoke(grant: GrantId, reason: RevocationReason): Promise<boolean>;
  /**
   * As `revoke`, for many grants: each in a step of its own, a few at once, so that other requests are served between
   * them. The session-daemon is notified of all together. Resolves with how many it has revoked.
   */
  revokeAll(grants: readonly GrantId[], reason: RevocationReason): Promise<number>;
  /**
   * Ends what an account has here: its sessions of the page of connections, all its grants, and its Forgejo tokens of every
   * application. Resolves with how many grants it has revoked. Rejects with StoreUnavailableError.
   */
  revokeAccount(account: AccountId, reason: RevocationReason): Promise<number>;
  /** The account's grants. Rejects with StoreUnavailableError. */
  grantsOf(account: AccountId): Promise<GrantId[]>;
  /** Those that rest on the Forgejo tokens of this application. Rejects with StoreUnavailableError. */
  grantsOn(account: AccountId, forgejoClientId: string): Promise<GrantId[]>;
}
