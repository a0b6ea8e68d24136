import { z } from "zod";
import { scopes } from "./mcp-resource.ts";
import { branded, type AccountId, type ClientId, type GrantId } from "../ids.ts";

/** What the session-daemon reads of an access-token record; the auth-server writes it (oidc-provider's AccessToken). */
export const accessTokenRecord = z.object({
  kind: z.literal("AccessToken"),
  accountId: branded<AccountId>(),
  clientId: branded<ClientId>(),
  grantId: branded<GrantId>(),
  aud: z.union([z.string(), z.array(z.string())]),
  scope: z.string(),
  /** Seconds since the epoch. */
  iat: z.number(),
  /** Seconds since the epoch. */
  exp: z.number(),
});
export type AccessTokenRecord = z.infer<typeof accessTokenRecord>;

/** Why a token is refused: it is no good, or it is good and grants too little. */
export type TokenError = "invalid_token" | "insufficient_scope";

/**
 * The one judgement on the record of a presented token, undefined for none: it must be for `resource`, not expired at
 * `nowSec`, and allow at least reading. That its grant is alive, a stored record means already.
 */
export function verifyAccessToken(
  record: AccessTokenRecord | undefined,
  resource: string,
  nowSec: number,
): AccessTokenRecord | TokenError {
  if (record === undefined || record.exp <= nowSec) return "invalid_token";
  if (![record.aud].flat().includes(resource)) return "invalid_token";
  return record.scope.split(" ").includes(scopes[0]) ? record : "insufficient_scope";
}
