import t from "tap";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const json = async (path: string) =>
  (await (await fetch(`${origin}${path}`)).json()) as Record<string, unknown>;

t.test("serves authorization server metadata with exactly the supported features", async (t) => {
  const metadata = await json("/.well-known/oauth-authorization-server");
  t.same(metadata, {
    issuer: origin,
    authorization_endpoint: `${origin}/oauth/authorize`,
    token_endpoint: `${origin}/oauth/token`,
    registration_endpoint: `${origin}/oauth/register`,
    revocation_endpoint: `${origin}/oauth/revoke`,
    jwks_uri: `${origin}/oauth/jwks`,
    scopes_supported: ["forgejo:read", "forgejo:write"],
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: [
      "authorization_code",
      "refresh_token",
      "urn:ietf:params:oauth:grant-type:device_code",
    ],
    device_authorization_endpoint: `${origin}/oauth/device`,
    token_endpoint_auth_methods_supported: ["none", "client_secret_basic", "client_secret_post"],
    revocation_endpoint_auth_methods_supported: ["none", "client_secret_basic", "client_secret_post"],
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
  });
  t.same(await json("/.well-known/openid-configuration"), metadata);
});

t.test("serves only the public part of the derived key in the key set", async (t) => {
  const { keys } = (await json("/oauth/jwks")) as { keys: Record<string, unknown>[] };
  t.match(keys, [{ kid: /^[0-9a-f]{4}$/, kty: "EC", crv: "P-256" }]);
  t.notOk("d" in keys[0]!);
});

t.test("serves the protected resource metadata at both paths", async (t) => {
  for (const path of ["/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"]) {
    t.match(await json(path), {
      resource: `${origin}/mcp`,
      authorization_servers: [origin],
      scopes_supported: ["forgejo:read", "forgejo:write"],
      bearer_methods_supported: ["header"],
    });
  }
});

t.test("names exactly the URL of the resource that its metadata was requested for", async (t) => {
  const wellKnown = "/.well-known/oauth-protected-resource";
  for (const [path, resource] of [
    ["/mcp/", "/mcp/"],
    ["/mcp?toolsets=issues&readonly", "/mcp?toolsets=issues&readonly"],
    ["/mcp/?x=%c3%A9+b", "/mcp/?x=%c3%A9+b"],
    ["/mcp?", "/mcp?"],
    ["?x=1", "/mcp?x=1"],
  ] as const) {
    t.equal((await json(`${wellKnown}${path}`)).resource, `${origin}${resource}`, path);
  }
  t.equal((await fetch(`${origin}${wellKnown}/mcp/x`)).status, 404);
});

t.test("replies to HEAD as to GET", async (t) => {
  for (const path of [
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-protected-resource/mcp",
    "/",
  ]) {
    const response = await fetch(`${origin}${path}`, { method: "HEAD" });
    t.equal(response.status, 200, path);
    t.equal(await response.text(), "");
  }
});

t.test("replies 404 to all but the exact paths", async (t) => {
  for (const path of [
    "/oauth/token/",
    "/OAUTH/token",
    "/oauth/%74oken",
    "/oauth/end_session/confirm",
    "/oauth/register/some-client",
    "/session/end",
    "/interaction/x",
    "/.well-known/oauth-authorization-server/",
    "/nothing",
    "//evil.example/oauth/token",
    "/oauth/../oauth/token/.",
  ]) {
    for (const method of ["GET", "POST"]) {
      t.equal((await fetch(`${origin}${path}`, { method })).status, 404, `${method} ${path}`);
    }
  }
});
