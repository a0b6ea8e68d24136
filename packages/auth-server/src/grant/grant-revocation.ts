import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type { RevocationReason } from "./revocation-reason.ts";

/** Revokes grants: tombstone, token records, indexes and sessions in one atomic step, then workers and streams. */
export interface GrantRevocation {
  /**
   * Resolves once the tokens are deleted and the session-daemon was notified; its sweep makes up for a failed call.
   * Idempotent. Rejects with StoreUnavailableError.
   */
  revoke(grant: GrantId, reason: RevocationReason): Promise<void>;
  /**
   * As `revoke`, for many grants: each in a step of its own, a few at once, so that other requests are served between
   * them. The session-daemon is notified of all together.
   */
  revokeAll(grants: readonly GrantId[], reason: RevocationReason): Promise<void>;
  /** The account's grants. Rejects with StoreUnavailableError. */
  grantsOf(account: AccountId): Promise<GrantId[]>;
}
