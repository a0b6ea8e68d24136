import { Provider } from "oidc-provider";
import { afterFind } from "./model-hooks.ts";

type Parameters = Record<string, unknown>;

/** Stands for a `redirect_uri` that was not sent. No client can send it: oidc-provider drops empty parameters. */
const notSent = "";

/** Lets a token request without `redirect_uri` pass oidc-provider's check that there is one. */
export function markMissingRedirectUri(params: Parameters): void {
  if (params.grant_type === "authorization_code") params.redirect_uri ??= notSent;
}

/**
 * Redeems codes without a `redirect_uri` in the token request, which OAuth 2.1 no longer asks for (§10.2): PKCE binds the
 * code to the request that it was issued for. One that is sent must match, as before.
 */
export function makeRedirectUriOptional(provider: Provider): void {
  afterFind(provider.AuthorizationCode, (code) => {
    const params = Provider.ctx?.oidc.params;
    if (params?.redirect_uri === notSent) params.redirect_uri = code.redirectUri;
  });
}
