import type { AccessTokenRecord } from "@fjmcp/shared/oauth/access-token-record";

/**
 * The record of an access token that is valid for `/mcp` now (see shared's `verifyAccessToken`) and whose grant is
 * alive; otherwise undefined. The presented token is only ever looked up by its hash. A valid one counts as a use of its
 * grant. Rejects with StoreUnavailableError.
 */
export type AccessTokenVerifier = (accessToken: string) => Promise<AccessTokenRecord | undefined>;
