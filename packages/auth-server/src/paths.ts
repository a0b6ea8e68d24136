/** The endpoints of oidc-provider. Its own router ignores case and trailing slashes; only these exact paths reach it. */
export const providerPaths = {
  authorization: "/oauth/authorize",
  token: "/oauth/token",
  registration: "/oauth/register",
  revocation: "/oauth/revoke",
  deviceAuthorization: "/oauth/device",
  jwks: "/oauth/jwks",
  metadata: "/.well-known/oauth-authorization-server",
  openIdMetadata: "/.well-known/openid-configuration",
} as const;

const exact = new Set<string>(Object.values(providerPaths));
const resume = /^\/oauth\/authorize\/[\w-]{1,64}$/;

/** Whether oidc-provider serves the path: one of `providerPaths`, or an authorization request that is resumed by its id. */
export function isProviderPath(path: string): boolean {
  return exact.has(path) || isResumePath(path);
}

/** Whether the path resumes an authorization request. */
export function isResumePath(path: string): boolean {
  return resume.test(path);
}

/** The consent page of an authorization request is below it: `/oauth/interaction/:uid`. */
export const interactionPath = "/oauth/interaction";
/** Where a user types the code of a device (RFC 8628 §3.3). */
export const devicePath = "/device";

/** The page of connections: what a user has connected, and how to end it. */
export const connectionsPaths = {
  list: "/connections",
  signIn: "/connections/sign-in",
  signOut: "/connections/sign-out",
  /** One connection is below it: `/connections/grants/:id`. */
  grants: "/connections/grants",
  /** The form for a new personal token. */
  newToken: "/connections/new-token",
  /** For administrators of Forgejo: all accounts, and one account below it: `/connections/accounts/:id`. */
  accounts: "/connections/accounts",
} as const;
/** The icon of the pages. Browsers ask for it also where no page names it. */
export const faviconPath = "/favicon.ico";
/** The installation's own picture, and the one for dark colours. */
export const logoPath = "/logo";
export const darkLogoPath = "/logo-dark";
/** Our redirect URI at Forgejo. */
export const callbackPath = "/oauth/callback";
