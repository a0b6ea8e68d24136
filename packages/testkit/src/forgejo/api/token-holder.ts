import type { Instance } from "../instance.ts";
import { effectiveScopes } from "../oauth/scope.ts";
import type { SandboxUser } from "../users.ts";

/** The user of a token and its scopes. */
export interface TokenHolder {
  readonly user: SandboxUser;
  readonly scopes: ReadonlySet<string>;
}

/** The token of `Authorization: Bearer …`, `Authorization: token …`, or the query's `access_token` or `token`. */
export function presentedToken(request: Request): string | undefined {
  const header = /^(?:bearer|token) +(.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  const query = new URL(request.url).searchParams;
  return header ?? query.get("access_token") ?? query.get("token") ?? undefined;
}

/** `undefined` unless it is a personal token, or a valid access token whose grant, user and app still exist. */
export async function tokenHolder(instance: Instance, token: string): Promise<TokenHolder | undefined> {
  const personal = instance.accessTokens.get(token);
  if (personal !== undefined) {
    const user = instance.users.byId(personal.userId);
    return user && { user, scopes: effectiveScopes(personal.scope) };
  }
  const claims = await instance.signer.verify(token);
  if (claims?.tt !== 0) return undefined;
  const grant = instance.grants.byId(claims.gnt);
  const user = instance.users.byId(grant?.userId ?? 0);
  if (grant === undefined || user === undefined || instance.apps.byId(grant.appId) === undefined)
    return undefined;
  return { user, scopes: effectiveScopes(grant.scope) };
}
