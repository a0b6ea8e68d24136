import { scopes, type Scope } from "@fjmcp/shared/oauth/mcp-resource";

/**
 * The scopes of ours that a `scope` parameter names (RFC 6749 §3.3), in the order in which they are advertised; write
 * implies read. All other names are ignored: clients send those of other servers, and `openid` or `offline_access`.
 */
export function knownScopes(parameter: string): Scope[] {
  const names = new Set(parameter.split(/\s+/));
  if (names.has("forgejo:write")) return [...scopes];
  return scopes.filter((scope) => names.has(scope));
}

/** What an authorization request asks for, which is the most that it can get: all scopes if it names none of ours. */
export function requestedScopes(parameter: string | undefined): Scope[] {
  const known = knownScopes(parameter ?? "");
  return known.length === 0 ? [...scopes] : known;
}
