import { z } from "zod";

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
const levels = { read: 1, write: 2 } as const;
/** OpenID Connect scopes, which Forgejo ignores where it evaluates API scopes. */
const identityScopes: ReadonlySet<string> = new Set(["openid", "profile", "email", "groups"]);
const apiScopes: ReadonlySet<string> = new Set([
  "public-only",
  ...categories.flatMap((category) => [`read:${category}`, `write:${category}`]),
]);

/** Named like a scope where Forgejo granted only what is public. */
export const privateRepositories = "private repositories";

/** Read and write access to what the tools of forgejo-mcp use. */
export const suggestedForgejoScope =
  "openid read:user write:repository write:issue write:organization write:notification";

/**
 * A schema for the scope to request at Forgejo; its output is separated by single spaces. It is strict because Forgejo
 * treats an unknown name or an empty scope as full access: `all` and the admin scopes are rejected, and read access to
 * `/api/v1/user` is required.
 */
export function forgejoScope() {
  return z.string().transform((text, context) => {
    const names = namesOf(text);
    const faults = configurationFaults(names);
    for (const message of faults) context.addIssue({ code: "custom", message });
    return faults.length === 0 ? names.join(" ") : z.NEVER;
  });
}

/** As `forgejoScope`, for an application whose tokens must not write. */
export function forgejoReadOnlyScope() {
  return forgejoScope().transform((scope, context) => {
    if (!scope.includes("write:")) return scope;
    context.addIssue({ code: "custom", message: "must hold no write scope" });
    return z.NEVER;
  });
}

/** The scope that reads what `scope` reads and writes nothing. */
export function readOnlyScopeOf(scope: string): string {
  return [...new Set(namesOf(scope.replaceAll("write:", "read:")))].join(" ");
}

/** Whether `scope` reads all that `other` reads, and nothing private where that is public only. */
export function coversReading(scope: string, other: string): boolean {
  const { missing, excess } = compareScope(readOnlyScopeOf(other), scope);
  return missing.length === 0 && !excess.includes(privateRepositories);
}

function configurationFaults(names: readonly string[]): string[] {
  const faults = names
    .filter((name) => !identityScopes.has(name) && !apiScopes.has(name))
    .map((name) =>
      name === "all"
        ? "must not hold `all`: name what connected clients may do"
        : `must not hold ${JSON.stringify(name)}: Forgejo does not know it and would grant full access`,
    );
  if (names.some((name) => name.endsWith(":admin"))) {
    faults.push("must not hold an admin scope: every connected client could administer the site");
  }
  if (!names.includes("read:user") && !names.includes("write:user")) {
    faults.push("must hold read:user: without it the user that signs in cannot be identified");
  }
  return faults;
}

/** Compares the granted scope with the configured one as Forgejo evaluates them. A token with `excess` must not be used. */
export function compareScope(
  configured: string,
  granted: string,
): { missing: readonly string[]; excess: readonly string[] } {
  const wanted = apiNamesOf(configured);
  const given = apiNamesOf(granted);
  if (given.length === 0) return { missing: [], excess: ["all"] };
  const unknown = given.filter((name) => !apiScopes.has(name));
  if (unknown.length > 0) return { missing: [], excess: unknown };
  const missing: string[] = [];
  const excess: string[] = [];
  for (const category of categories) {
    const [want, got] = [levelOf(wanted, category), levelOf(given, category)];
    if (got < want) missing.push(nameOf(category, want));
    if (got > want) excess.push(nameOf(category, got));
  }
  const [wantPublic, gotPublic] = [wanted.includes("public-only"), given.includes("public-only")];
  if (wantPublic && !gotPublic) excess.push(privateRepositories);
  if (!wantPublic && gotPublic) missing.push(privateRepositories);
  return { missing, excess };
}

function namesOf(scope: string): string[] {
  return scope.split(/\s+/).filter((name) => name !== "");
}

function apiNamesOf(scope: string): string[] {
  return namesOf(scope).filter((name) => !identityScopes.has(name));
}

function levelOf(names: readonly string[], category: string): number {
  if (names.includes(`write:${category}`)) return levels.write;
  return names.includes(`read:${category}`) ? levels.read : 0;
}

function nameOf(category: string, level: number): string {
  return `${level === levels.write ? "write" : "read"}:${category}`;
}
