import type { GrantId } from "@fjmcp/shared/ids";

/** Reads which grants are alive; the auth-server writes them. */
export interface GrantLiveness {
  /** Those of `grants` that have ended. Rejects with StoreUnavailableError. */
  ended(grants: readonly GrantId[]): Promise<GrantId[]>;
}
