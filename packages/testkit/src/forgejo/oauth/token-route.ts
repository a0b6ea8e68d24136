import type { Hono } from "hono";
import type { Instance } from "../instance.ts";
import { formFields } from "../web/form-fields.ts";
import { verifierFits } from "./authorization-codes.ts";
import { clientCredentials, type ClientCredentials } from "./client-credentials.ts";
import { redirectUriIsRegistered } from "./redirect-uri.ts";
import { TokenError } from "./token-error.ts";
import { issueTokens, type TokenResponse } from "./token-response.ts";

type Fields = Readonly<Record<string, string>>;

/** `POST /login/oauth/access_token`, form or JSON (RFC 6749 §3.2). */
export function addTokenRoute(app: Hono, instance: Instance): void {
  app.post("/login/oauth/access_token", async (c) => {
    const fields = await formFields(c);
    try {
      const client = clientCredentials(fields, c.req.header("authorization"));
      return c.json(await tokens(instance, fields, client));
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      return c.json({ error: error.code, error_description: error.message }, 400);
    }
  });
}

async function tokens(instance: Instance, fields: Fields, client: ClientCredentials): Promise<TokenResponse> {
  switch (fields.grant_type) {
    case "authorization_code": {
      const response = await exchangeCode(instance, fields, client);
      instance.counts.codeExchanges += 1;
      return response;
    }
    case "refresh_token":
      try {
        const response = await refresh(instance, fields, client);
        instance.counts.refreshes += 1;
        return response;
      } catch (error) {
        // A probe of the client's credentials presents a token that was never issued: nothing is lost by it.
        const wasIssued = (await instance.signer.verify(fields.refresh_token ?? "")) !== undefined;
        if (wasIssued) instance.counts.rejectedRefreshes += 1;
        throw error;
      }
    default:
      throw new TokenError(
        "unsupported_grant_type",
        "Only refresh_token or authorization_code grant type is supported",
      );
  }
}

async function exchangeCode(
  instance: Instance,
  fields: Fields,
  client: ClientCredentials,
): Promise<TokenResponse> {
  const app = appOf(instance, client, "unauthorized_client");
  const redirectUri = fields.redirect_uri ?? "";
  if (redirectUri !== "" && !redirectUriIsRegistered(app, redirectUri)) {
    throw new TokenError("unauthorized_client", "unexpected redirect URI");
  }
  const text = fields.code ?? "";
  const code = instance.codes.find(text);
  const grant = instance.grants.byId(code?.grantId ?? 0);
  if (code === undefined || grant === undefined) {
    throw new TokenError("unauthorized_client", "client is not authorized");
  }
  if (!verifierFits(code.pkce, fields.code_verifier ?? "")) {
    throw new TokenError("unauthorized_client", "failed PKCE code challenge");
  }
  if (code.redirectUri !== redirectUri) {
    throw new TokenError("unauthorized_client", "redirect_uri does not match the authorization request");
  }
  if (grant.appId !== app.id) throw new TokenError("invalid_grant", "invalid grant");
  instance.codes.burn(text);
  return issueTokens(instance, app, grant, await instance.counterRace.readCounter(grant));
}

async function refresh(
  instance: Instance,
  fields: Fields,
  client: ClientCredentials,
): Promise<TokenResponse> {
  const app = appOf(instance, client, "invalid_client");
  const token = await instance.signer.verify(fields.refresh_token ?? "");
  if (token === undefined) throw new TokenError("unauthorized_client", "unable to parse refresh token");
  if (token.tt !== 1) throw new TokenError("unauthorized_client", "token is not a refresh token");
  const grant = instance.grants.byId(token.gnt);
  if (grant === undefined) throw new TokenError("invalid_grant", "grant does not exist");
  if (grant.appId !== app.id) {
    throw new TokenError("invalid_grant", "refresh token was not issued to this client");
  }
  if (instance.settings.invalidateRefreshTokens && token.cnt !== grant.counter) {
    throw new TokenError("unauthorized_client", "token was already used");
  }
  return issueTokens(instance, app, grant, await instance.counterRace.readCounter(grant));
}

/** The authenticated app. `wrongSecret` is the error code of a wrong secret; a public app has none. */
function appOf(instance: Instance, client: ClientCredentials, wrongSecret: string) {
  const app = instance.apps.byClientId(client.clientId);
  if (app === undefined) {
    throw new TokenError("invalid_client", `cannot load client with client id: '${client.clientId}'`);
  }
  if (app.confidential && client.clientSecret !== app.clientSecret) {
    throw new TokenError(wrongSecret, "invalid client secret");
  }
  return app;
}
