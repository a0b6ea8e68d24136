import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type { Principal } from "@fjmcp/shared/principal";
import type { GrantedAccess } from "./granted-access.ts";

/** A living grant, for its user and the administrator. */
export interface ListedGrant extends Principal {
  readonly access: GrantedAccess;
  /** The user's own name for it; a personal token always has one. */
  readonly label: string | undefined;
  /** Seconds since the epoch. */
  readonly createdAtSec: number;
  /** Set for the grant of a personal token; in seconds since the epoch. */
  readonly personalToken: { readonly expiresAtSec: number } | undefined;
  /** Undefined until a client has claimed tokens; of a personal token, until a program has used it. */
  readonly lastUsedAtMs: number | undefined;
}

/** All accounts and their grants. Rejects with StoreUnavailableError. */
export interface GrantDirectory {
  /** The accounts that have or recently had a grant, by a scan of the store: never in the way of a request of a client. */
  accounts(): Promise<AccountId[]>;
  /** Those that have or recently had a personal token. */
  accountsWithPersonalTokens(): Promise<AccountId[]>;
  grantsOf(account: AccountId): Promise<ListedGrant[]>;
  /** The names of the tools that were called last with a grant, the last one first. */
  lastToolsOf(grant: GrantId): Promise<string[]>;
}
