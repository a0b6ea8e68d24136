import { redirectUriFault } from "./redirect-uri-policy.ts";

/** How clients authenticate (RFC 7591 §2). */
export const authenticationMethods = ["none", "client_secret_basic", "client_secret_post"] as const;
const maxRedirectUris = 20;
const maxTextLength = 200;

/** Why a registration must be rejected (RFC 7591 §3.2.2), or undefined. oidc-provider validates the types. */
export function registrationFault(metadata: Readonly<Record<string, unknown>>): string | undefined {
  const redirects = metadata.redirect_uris;
  if (Array.isArray(redirects)) {
    if (redirects.length > maxRedirectUris) return `redirect_uris must not be more than ${maxRedirectUris}`;
    for (const uri of redirects) {
      const fault = typeof uri === "string" ? redirectUriFault(uri) : undefined;
      if (fault !== undefined) return `redirect_uris ${fault}`;
    }
  }
  const method = metadata.token_endpoint_auth_method;
  // Before oidc-provider, which would ask for keys that are dropped.
  if (typeof method === "string" && !(authenticationMethods as readonly string[]).includes(method)) {
    return "token_endpoint_auth_method must be none, client_secret_basic or client_secret_post";
  }
  for (const name of ["client_name", "software_id", "software_version"]) {
    const value = metadata[name];
    if (value === undefined) continue;
    if (typeof value !== "string" || value.length > maxTextLength) {
      return `${name} must be a text of at most ${maxTextLength} characters`;
    }
  }
  return undefined;
}
