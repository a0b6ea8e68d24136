/** Where oidc-provider answers. Its own router is lax (case, trailing slash), so only these exact paths reach it. */
export const providerPaths = {
  authorization: "/oauth/authorize",
  token: "/oauth/token",
  registration: "/oauth/register",
  revocation: "/oauth/revoke",
  jwks: "/oauth/jwks",
  metadata: "/.well-known/oauth-authorization-server",
  openIdMetadata: "/.well-known/openid-configuration",
} as const;

const exact = new Set<string>(Object.values(providerPaths));
const resume = /^\/oauth\/authorize\/[\w-]{1,64}$/;

export function isProviderPath(path: string): boolean {
  return exact.has(path) || resume.test(path);
}

/** Where a person is asked; below it the id of the interaction. */
export const interactionPath = "/oauth/interaction";
export const callbackPath = "/oauth/callback";
