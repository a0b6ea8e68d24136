import type { AccountId, ClientId, GrantId } from "@fjmcp/shared/ids";
import type { GrantedAccess } from "./granted-access.ts";

/**
 * The outcomes of storing a grant; only `stored` has stored it. `disconnected`: the account has no Forgejo tokens of the
 * application, because its last grant there was revoked meanwhile. `evict`: the account has as many grants as it may have, and the least recently
 * used one must be revoked first. `full`: it has, and each of them belongs to a login in flight, or is a personal token as
 * the new one is.
 */
export const grantStoreOutcomes = ["stored", "disconnected", "evict", "full"] as const;
type GrantStoreOutcome = (typeof grantStoreOutcomes)[number];

/** The outcomes of narrowing a grant; only `narrowed` has changed it. `empty`: nothing would have been left of it. */
export type NarrowingOutcome = "narrowed" | "empty" | "unknown";

interface GrantUse {
  readonly grantId: GrantId;
  readonly accountId: AccountId;
  /** Milliseconds since the epoch. */
  readonly usedAtMs: number;
  /** The names of tools that were called since the last record, the last one first. */
  readonly tools?: readonly string[] | undefined;
}

/** A grant's owner, and what its user calls it. */
export interface OwnedGrant {
  readonly accountId: AccountId;
  readonly clientId: ClientId;
  /** The user's own name for it. */
  readonly label?: string | undefined;
}

/** With the Forgejo application on whose tokens the grant rests, by its client id. */
interface AuthorizedGrant extends OwnedGrant {
  readonly forgejoClientId: string;
}

/** A grant that has just ended. */
export interface RevokedGrant extends OwnedGrant {
  /** How many MCP sessions belonged to it, and ended with it. */
  readonly sessions: number;
}

/** Grants and the indexes of each account's and client's grants. Rejects with StoreUnavailableError. */
export interface GrantStore {
  /** `leastRecentlyUsed` comes with `evict`. */
  store(grant: {
    grantId: GrantId;
    accountId: AccountId;
    /** The application on whose Forgejo tokens it rests; the first one unless given. */
    forgejoClientId?: string | undefined;
    payload: string;
    expiresInSec: number;
    /** Counted apart, 50 an account, and never evicted for another grant. */
    isPersonalToken?: boolean;
  }): Promise<{ outcome: GrantStoreOutcome; leastRecentlyUsed: GrantId | undefined }>;
  find(grant: GrantId): Promise<string | undefined>;
  /** The owner of a living grant. */
  ownerOf(grant: GrantId): Promise<AuthorizedGrant | undefined>;
  /**
   * Removes all access that is not in `access` from a grant and its access tokens, in one step. Nothing is widened.
   */
  narrow(grant: GrantId, access: GrantedAccess): Promise<NarrowingOutcome>;
  /** Sets the user's own name for the grant; an empty one removes it. False when the grant is not alive. */
  rename(grant: GrantId, label: string): Promise<boolean>;
  /**
   * Revokes a grant in one step: writes a tombstone; deletes the grant, its index entries, its token records and the MCP
   * sessions that belong to it; with the account's last grant of an application, the Forgejo tokens of that. The records of
   * more than 500 refresh tokens are deleted in further steps; without their grant they are of no use. The work does not
   * grow with the number of the account's other grants. Undefined when the grant was not alive.
   */
  revoke(grant: GrantId): Promise<RevokedGrant | undefined>;
  grantsOf(account: AccountId): Promise<GrantId[]>;
  /** The account's grants that rest on the Forgejo tokens of this application. */
  grantsOn(account: AccountId, forgejoClientId: string): Promise<GrantId[]>;
  /**
   * Records when each grant was used, unless it was used later or has ended; a time in the future counts as now. Keeps the
   * names of the five tools that were called last.
   */
  recordUses(uses: readonly GrantUse[]): Promise<void>;
}
