import type { Hono } from "hono";
import type { Instance } from "../instance.ts";

/** OpenID Connect Discovery §4 and the keys that it points to. There is no RFC 8414 document. */
export function addDiscoveryRoutes(app: Hono, instance: Instance): void {
  const { url } = instance;
  app.get("/.well-known/openid-configuration", (c) =>
    c.json({
      issuer: url,
      authorization_endpoint: `${url}/login/oauth/authorize`,
      token_endpoint: `${url}/login/oauth/access_token`,
      jwks_uri: `${url}/login/oauth/keys`,
      userinfo_endpoint: `${url}/login/oauth/userinfo`,
      introspection_endpoint: `${url}/login/oauth/introspect`,
      response_types_supported: ["code", "id_token"],
      id_token_signing_alg_values_supported: ["RS256"],
      subject_types_supported: ["public"],
      scopes_supported: ["openid", "profile", "email", "groups"],
      claims_supported: [
        "aud",
        "exp",
        "iat",
        "iss",
        "sub",
        "name",
        "preferred_username",
        "profile",
        "email",
        "email_verified",
        "groups",
      ],
      code_challenge_methods_supported: ["plain", "S256"],
      grant_types_supported: ["authorization_code", "refresh_token"],
    }),
  );
  app.get("/login/oauth/keys", (c) => c.json({ keys: [instance.signer.publicJwk] }));
}
