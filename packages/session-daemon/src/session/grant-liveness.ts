import type { GrantId } from "@fjmcp/shared/ids";

/** Reads which grants are alive; the auth-server writes them. */
export interface GrantLiveness {
  /** Those of `grants` that were revoked or have expired. Rejects with StoreUnavailableError. */
  findRevoked(grants: readonly GrantId[]): Promise<GrantId[]>;
}
