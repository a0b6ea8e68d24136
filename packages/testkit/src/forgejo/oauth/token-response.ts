import type { Instance } from "../instance.ts";
import type { ForgejoGrant } from "./grants.ts";
import type { OAuthApp } from "./oauth-app.ts";
import { scopeMembers } from "./scope.ts";
import { TokenError } from "./token-error.ts";

/** RFC 6749 §5.1, without `scope`: only introspection shows the granted scope. */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: "bearer";
  /** Seconds. */
  readonly expires_in: number;
  readonly refresh_token: string;
  readonly id_token?: string;
}

/**
 * Issues tokens and invalidates all earlier refresh tokens of the grant. `counter` is the value that the caller read:
 * throws `invalid_grant` when another exchange or refresh has increased it since.
 */
export async function issueTokens(
  instance: Instance,
  app: OAuthApp,
  grant: ForgejoGrant,
  counter: number,
): Promise<TokenResponse> {
  const { settings, signer } = instance;
  if (settings.invalidateRefreshTokens) {
    if (grant.counter !== counter) throw new TokenError("invalid_grant", "cannot increase the grant counter");
    grant.counter += 1;
  }
  const iat = Math.floor(Date.now() / 1000);
  const exp = iat + settings.accessTokenSeconds;
  const gnt = grant.id;
  const wantsIdToken = scopeMembers(grant.scope).includes("openid");
  const refresh = { gnt, tt: 1, cnt: grant.counter, exp: iat + settings.refreshTokenSeconds, iat };
  return {
    access_token: await signer.sign({ gnt, tt: 0, exp, iat }),
    token_type: "bearer",
    expires_in: settings.accessTokenSeconds,
    refresh_token: await signer.sign(refresh),
    ...(wantsIdToken && { id_token: await signer.sign(idToken(instance, app, grant, iat, exp)) }),
  };
}

/** OpenID Connect Core §2, with the claims that the grant's scope names (§5.4). */
function idToken(
  instance: Instance,
  app: OAuthApp,
  grant: ForgejoGrant,
  iat: number,
  exp: number,
): Record<string, unknown> {
  const user = instance.users.byId(grant.userId);
  const scopes = scopeMembers(grant.scope);
  return {
    iss: instance.url,
    sub: String(grant.userId),
    aud: [app.clientId],
    exp,
    iat,
    ...(grant.nonce !== "" && { nonce: grant.nonce }),
    ...(scopes.includes("profile") && {
      name: user?.fullName || user?.name,
      preferred_username: user?.name,
      profile: `${instance.url}/${user?.name}`,
    }),
    ...(scopes.includes("email") && {
      email: `${user?.name}@noreply.example.org`,
      email_verified: true,
    }),
    ...(scopes.includes("groups") && { groups: [] }),
  };
}
