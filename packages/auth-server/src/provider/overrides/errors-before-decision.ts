import type { KoaContextWithOIDC, Provider } from "oidc-provider";
import { errorDescription } from "../error-description.ts";
import { clientRedirect } from "./exact-redirects.ts";
import type { ClientPolicy } from "../requests/client-policy.ts";

/** An error that oidc-provider may redirect to the client, unless `allow_redirect` is false. */
interface RedirectableError extends Error {
  allow_redirect?: boolean;
}

interface ErrorParameters {
  readonly error: string;
  readonly error_description?: string | undefined;
  readonly state?: string | undefined;
  readonly iss?: string | undefined;
}

const withheld = new WeakSet<Error>();

/**
 * Withholds every redirect with an error until the user has decided or Forgejo has responded: otherwise a freshly
 * registered client would make this server an open redirector (RFC 9700 §4.11.2). oidc-provider reads `allow_redirect` after
 * it has emitted these events, and renders the error when it is false.
 */
export function withholdErrorRedirects(provider: Provider): void {
  const withhold = (ctx: KoaContextWithOIDC, error: RedirectableError) => {
    if (error.allow_redirect !== true || ctx.oidc.entities.Interaction?.result !== undefined) return;
    error.allow_redirect = false;
    withheld.add(error);
  };
  provider.on("authorization.error", withhold);
  provider.on("server_error", withhold);
}

/**
 * The client's redirect URI and the same with the withheld error (RFC 6749 §4.1.2.1, RFC 9207), for a link that the user
 * may follow. Undefined when the error is none that the client may get, and when today's policy rejects the client.
 */
export function withheldRedirect(
  ctx: KoaContextWithOIDC,
  { error, error_description, state, iss }: ErrorParameters,
  cause: Error,
  policy: ClientPolicy,
): { redirectUri: string; href: string } | undefined {
  const { client, params } = ctx.oidc;
  const redirectUri = params?.redirect_uri;
  if (!withheld.has(cause) || client === undefined || typeof redirectUri !== "string") return undefined;
  if (!client.redirectUriAllowed(redirectUri) || policy.faultOf(client.metadata()) !== undefined) {
    return undefined;
  }
  const parameters = Object.entries({
    error,
    error_description: errorDescription({ error, error_description }),
    state,
    iss,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { redirectUri, href: clientRedirect(redirectUri, Object.fromEntries(parameters), "query") };
}
