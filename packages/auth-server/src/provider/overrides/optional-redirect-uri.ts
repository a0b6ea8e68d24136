import { Provider } from "oidc-provider";

type Parameters = Record<string, unknown>;
type Find = (...args: unknown[]) => Promise<{ redirectUri?: string } | undefined>;

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
  const model = provider.AuthorizationCode as unknown as { find: Find };
  const find = model.find;
  model.find = async function (...args) {
    const code = await find.apply(this, args);
    const params = Provider.ctx?.oidc.params;
    if (code !== undefined && params?.redirect_uri === notSent) params.redirect_uri = code.redirectUri;
    return code;
  };
}
