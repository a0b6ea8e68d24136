import type { GrantId } from "@fjmcp/shared/ids";

/** Which grants are alive, as the auth-server wrote it. */
export interface GrantLiveness {
  /** Those of `grants` that have ended. Rejects with StoreUnavailableError. */
  ended(grants: readonly GrantId[]): Promise<GrantId[]>;
}
