import { z } from "zod";
import { scopes } from "./mcp-resource.ts";
import { toolsetSchema } from "./toolsets.ts";
import { accountIdSchema, clientIdSchema, grantIdSchema } from "../ids.ts";

/** The fields of an access-token record that the session-daemon reads; the auth-server writes it (oidc-provider's AccessToken). */
export const accessTokenRecord = z.object({
  kind: z.literal("AccessToken"),
  accountId: accountIdSchema,
  clientId: clientIdSchema,
  grantId: grantIdSchema,
  aud: z.union([z.string(), z.array(z.string())]),
  /** What the user granted, separated by spaces; `forgejo:write` implies `forgejo:read`. */
  scope: z.string(),
  /** What the client requested, all scopes for a personal token. The user may have granted less. */
  requestedScope: z.string(),
  /** Whose tools may be called. */
  toolsets: z.array(toolsetSchema),
  /** Seconds since the epoch. */
  iat: z.number(),
  /** Seconds since the epoch. */
  exp: z.number(),
});
export type AccessTokenRecord = z.infer<typeof accessTokenRecord>;

/** Why a token is rejected (RFC 6750 §3.1): it is not valid here, or it is valid but lacks the scope. */
export type TokenError = "invalid_token" | "insufficient_scope";

/**
 * Verifies the record of a presented token (undefined when none is stored): it must be issued for `resource`, not be
 * expired at `nowSec`, and have a scope of the resource; each of them includes reading. A stored record implies that its
 * grant exists.
 */
export function verifyAccessToken(
  record: AccessTokenRecord | undefined,
  resource: string,
  nowSec: number,
): AccessTokenRecord | TokenError {
  if (record === undefined || record.exp <= nowSec) return "invalid_token";
  if (![record.aud].flat().includes(resource)) return "invalid_token";
  const granted = record.scope.split(" ");
  return scopes.some((scope) => granted.includes(scope)) ? record : "insufficient_scope";
}
