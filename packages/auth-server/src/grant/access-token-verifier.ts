import type { AccessTokenRecord } from "@fjmcp/shared/oauth/access-token-record";

/**
 * The record of an access token that is good for `/mcp` now: as shared judges it, and of a living grant.
 * Undefined otherwise; the presented token is only ever looked up by its hash.
 */
export type AccessTokenVerifier = (accessToken: string) => Promise<AccessTokenRecord | undefined>;
