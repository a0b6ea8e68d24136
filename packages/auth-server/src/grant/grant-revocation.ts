import type { AccountId, GrantId } from "@fjmcp/shared/ids";

export type RevocationReason =
  | "revoked"
  | "code_replay"
  | "refresh_replay"
  | "disconnected"
  | "upstream_dead";

/** Ending grants: tombstone, token records, indexes and sessions in one atomic step, then workers and streams. */
export interface GrantRevocation {
  /** Resolves once the tokens are gone and the session-daemon has been told (its sweep catches a lost call). */
  end(grant: GrantId, reason: RevocationReason): Promise<void>;
  /** The account's grants. */
  of(account: AccountId): Promise<GrantId[]>;
}
