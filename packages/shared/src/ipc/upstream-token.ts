import { z } from "zod";
import { misconfiguredResponse, suspendedResponse } from "./user-check.ts";

/**
 * session-daemon → auth-server, HTTP over the auth-server's IPC socket. The request presents the plaintext access
 * token of the MCP request being served, never a hash and never a stored one; the session-daemon keeps none after
 * the response. The auth-server verifies it as `/mcp` does. The HTTP status is 200 for every value of `status`.
 */
export const upstreamTokenPath = "/upstream-token";

export const upstreamTokenRequest = z.object({ accessToken: z.string().min(1).max(4096) });

export const upstreamTokenResponse = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("ok"),
    /** The account's Forgejo access token, with at least half of its lifetime left while Forgejo can be reached. */
    token: z.string(),
    /** Seconds since the epoch. */
    issuedAtSec: z.number(),
    /** Seconds since the epoch. */
    expiresAtSec: z.number(),
    /** The name in the registration of the grant's client, cleaned for display; absent when it has none. */
    clientName: z.string().optional(),
  }),
  /** The access token is unknown, expired, not for this resource, or its grant has been revoked. */
  z.object({ status: z.literal("invalid_token") }),
  /** The account has no valid Forgejo tokens: its grants have been revoked and the user must log in again. */
  z.object({ status: z.literal("login_required") }),
  suspendedResponse,
  misconfiguredResponse,
  /** Forgejo or Redis cannot be reached at the moment; nothing was lost. */
  z.object({ status: z.literal("unavailable"), retryAfterSec: z.number() }),
]);
export type UpstreamTokenResponse = z.infer<typeof upstreamTokenResponse>;
