const categories = [
  "activitypub",
  "admin",
  "misc",
  "notification",
  "organization",
  "package",
  "issue",
  "repository",
  "user",
] as const;

/** A part of the API that a scope gives read or write access to. */
export type ScopeCategory = (typeof categories)[number];
type ScopeLevel = "read" | "write";
export type ApiScope = `${ScopeLevel}:${ScopeCategory}`;

const openIdScopes = new Set(["openid", "profile", "email", "groups"]);
const apiScopes = new Set(["all", "public-only", ...categories.flatMap((c) => [`read:${c}`, `write:${c}`])]);

/** The members of a space-separated scope (RFC 6749 §3.3). */
export function scopeMembers(scope: string): string[] {
  return scope.split(" ").filter((member) => member !== "");
}

/**
 * The API scopes of a grant: OpenID's and unknown members are dropped silently. **If none is left, it is full access**
 * (`all`).
 */
export function effectiveScopes(scope: string): ReadonlySet<string> {
  const members = scopeMembers(scope).filter((member) => !openIdScopes.has(member) && apiScopes.has(member));
  return new Set(members.length === 0 ? ["all"] : members);
}

/** Write implies read; `public-only` alone allows nothing. */
export function allows(scopes: ReadonlySet<string>, needed: ApiScope): boolean {
  return scopes.has("all") || scopes.has(needed) || scopes.has(needed.replace(/^read:/, "write:"));
}
