import t from "tap";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { postForm } from "@fjmcp/testkit/oauth-client/oauth-request";
import {
  authorizationRequest,
  authorize,
  openPage,
  postJson,
  redeem,
  redirectUri,
  register,
  tokensOf,
  type Registered,
} from "../support/client.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const client = await register(origin);
const both = { status: 200, body: { scope: "forgejo:read forgejo:write", refresh_token: String } };

/** Opens an authorization request without following anything: `error` is what the page's link would tell the client. */
async function open(from: Registered, more: Record<string, string | undefined>) {
  const { url, state } = authorizationRequest(origin, from, more);
  return { ...(await openPage(url)), state };
}

t.test("accepts harmless oddities, offers both scopes and always issues a refresh token", async (t) => {
  for (const more of [
    { scope: undefined },
    { scope: "" },
    { scope: "openid email offline_access", nonce: "n" },
    { scope: "forgejo:write" },
    { scope: "mcp:tools something else" },
    { resource: undefined },
    { resource: `${origin}/mcp/` },
    { prompt: "consent" },
    { prompt: "select_account" },
    { prompt: "login consent", max_age: "0", login_hint: "alice" },
    { response_mode: "query" },
    { state: undefined },
    { claims: '{"id_token":{}}', acr_values: "1", ui_locales: "de" },
  ]) {
    const code = await authorize(origin, client, setup.user(), { more });
    t.match(await redeem(origin, code), both, JSON.stringify(more));
  }
});

t.test("rejects parameters longer than 4 KiB in all on a page, and stores nothing", async (t) => {
  const keys = async () => (await setup.admin.keys("interaction:*")).length;
  const before = await keys();
  const long = (bytes: number) => "x".repeat(bytes);
  const path = `https://client.example/callback?q=${long(1900)}`;
  const wide = await register(origin, { redirect_uris: [path] });
  for (const [from, more] of [
    [client, { state: long(4096) }],
    [client, { unknown: long(4096) }],
    [client, { ["x".repeat(4096)]: "1" }],
    [client, { state: "ä".repeat(2048) }],
    [client, { state: "\u0001".repeat(700) }],
    [client, { state: '"'.repeat(2048) }],
    [client, { ui_locales: long(2000), login_hint: long(2000) }],
    [client, Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`p${i}`, "1"]))],
    [wide, { state: long(2100) }],
    [client, { prompt: "none", state: long(4096) }],
  ] as const) {
    const { status, location, html } = await open(from, more);
    t.match({ status, location }, { status: 400, location: null }, JSON.stringify(more).slice(0, 40));
    t.match(html, /longer than 4096 bytes in all/);
  }
  t.equal(await keys(), before);
  const fitting = await open(wide, { state: long(800) });
  t.equal(fitting.status, 303, "what real clients send fits several times over");
  const sizes = await Promise.all(
    (await setup.admin.keys("interaction:*")).map((key) => setup.admin.strlen(key)),
  );
  t.ok(Math.max(...sizes) < 12 * 1024);
});

t.test("accepts a repeated resource, and one with a slash, at both endpoints", async (t) => {
  const request = authorizationRequest(origin, client);
  request.url.searchParams.append("resource", `${origin}/mcp/`);
  const back = await setup.user().signInAndAllow(request.url, { stopAt: redirectUri });
  const code = { ...client, code: back.searchParams.get("code")!, verifier: request.verifier };
  t.match(await redeem(origin, code, { resource: [`${origin}/mcp/`, `${origin}/mcp`] }), both);
});

t.test("rejects another resource at both endpoints", async (t) => {
  const { parameters, state } = await open(client, { resource: "https://elsewhere.example/mcp" });
  t.match(parameters, { error: "invalid_target", state, iss: origin });
  const code = await authorize(origin, client, setup.user());
  const response = await redeem(origin, code, { resource: "https://elsewhere.example/mcp" });
  t.match(response, { status: 400, body: { error: "invalid_target" } });
});

const faulty: [string, Record<string, string | undefined>, string][] = [
  ["no PKCE", { code_challenge: undefined, code_challenge_method: undefined }, "invalid_request"],
  ["no challenge", { code_challenge: undefined }, "invalid_request"],
  ["no challenge method", { code_challenge_method: undefined }, "invalid_request"],
  ["a plain challenge", { code_challenge_method: "plain" }, "invalid_request"],
  ["a short challenge", { code_challenge: "short" }, "invalid_request"],
  ["prompt=none", { prompt: "none" }, "login_required"],
  ["prompt=none with another", { prompt: "none login" }, "invalid_request"],
  ["no response type", { response_type: undefined }, "invalid_request"],
  ["response type token", { response_type: "token" }, "unsupported_response_type"],
  ["response type code id_token", { response_type: "code id_token" }, "unsupported_response_type"],
  ["response mode form_post", { response_mode: "form_post" }, "unsupported_response_mode"],
  ["response mode fragment", { response_mode: "fragment" }, "unsupported_response_mode"],
  ["a request object", { request: "x.y.z" }, "request_not_supported"],
  ["a request URI", { request_uri: "https://client.example/r" }, "request_uri_not_supported"],
  ["a registration", { registration: "{}" }, "registration_not_supported"],
  ["another resource", { resource: "https://elsewhere.example/mcp" }, "invalid_target"],
];

for (const [what, more, error] of faulty) {
  t.test(
    `shows an error before a decision on its own page, with a link to the client: ${what}`,
    async (t) => {
      const { status, location, target, parameters, state, html, response } = await open(client, more);
      t.match({ status, location }, { status: 400, location: null });
      t.equal(target, redirectUri);
      t.match(parameters, { error, state, iss: origin });
      t.match(html, "client.example");
      t.match(html, /reference/);
      t.notMatch(html, /http-equiv|<form|<script/i, "nothing goes there by itself");
      t.match(response.headers.get("content-security-policy"), "form-action 'none'");
    },
  );
}

t.test("keeps the query of a redirect URI in the link with the error", async (t) => {
  const uri = "https://client.example/callback?a=%20b+c";
  const withQuery = await register(origin, { redirect_uris: [uri] });
  const { url, state } = authorizationRequest(origin, withQuery, { code_challenge: undefined });
  const { href, parameters } = await openPage(url);
  t.ok(href?.startsWith(`${uri}&error=invalid_request&`), String(href));
  t.equal(parameters.state, state);
});

t.test("offers no link where a parameter is repeated or the client is unknown", async (t) => {
  for (const [name, value] of [
    ["redirect_uri", redirectUri],
    ["client_id", client.clientId],
  ] as const) {
    const { url } = authorizationRequest(origin, client);
    url.searchParams.append(name, value);
    t.match(await openPage(url), { status: 400, location: null, target: undefined }, name);
  }
  const { url } = authorizationRequest(origin, client);
  url.searchParams.append("state", "second");
  const repeated = await openPage(url);
  t.match(repeated, { status: 400, location: null, target: redirectUri });
  t.match(repeated.parameters, { error: "invalid_request", iss: origin, state: undefined });
});

t.test("redirects an error to the client once the user has decided", async (t) => {
  const { url, state } = authorizationRequest(origin, client);
  const back = await setup.user().signInAndAllow(url, { stopAt: redirectUri, consent: "deny" });
  t.match(Object.fromEntries(back.searchParams), { error: "access_denied", state, iss: origin });
});

t.test("shows a page with a reference for an unregistered redirect URI, and never redirects", async (t) => {
  for (const uri of [
    undefined,
    "https://client.example/callback/",
    "https://client.example/callback?x=1",
    "https://client.example/callback/../callback",
    "https://CLIENT.example/callback",
    "https://client.example:443/callback",
    "https://client.example.evil.example/callback",
    "https://client.example@evil.example/callback",
    "http://client.example/callback",
    "javascript:alert(1)",
  ]) {
    for (const more of [{}, { prompt: "none" }, { response_type: "token" }]) {
      const { status, location, target, html, response } = await open(client, { redirect_uri: uri, ...more });
      t.same([status, location, target], [400, null, undefined], String(uri));
      t.match(html, /reference/);
      t.match(response.headers.get("content-security-policy"), /frame-ancestors 'none'/);
    }
  }
  t.match(await open({ ...client, clientId: "unknown" }, {}), { status: 400, location: null });
});

t.test("accepts another port only in native clients' loopback redirects", async (t) => {
  const native = await register(origin, {
    redirect_uris: ["http://localhost/callback", "http://127.0.0.1:1/cb"],
  });
  for (const uri of ["http://localhost:50123/callback", "http://127.0.0.1:50123/cb", "http://127.0.0.1/cb"]) {
    t.match(await open(native, { redirect_uri: uri }), { status: 303 }, uri);
    const code = await authorize(origin, { ...native, redirectUri: uri }, setup.user());
    tokensOf(await redeem(origin, code));
  }
  for (const uri of [
    "http://localhost:50123/other",
    "http://127.0.0.1:50123/callback",
    "https://localhost:50123/callback",
    "http://localhost:50123@evil.example/callback",
    "http://localhost:x/callback",
  ]) {
    t.match(await open(native, { redirect_uri: uri }), { status: 400, location: null }, uri);
  }
  const web = await register(origin, { redirect_uris: ["https://localhost:8443/callback"] });
  t.match(await open(web, { redirect_uri: "https://localhost:8444/callback" }), { status: 400 });
});

t.test("responds in JSON at the token endpoint, whatever the request and its Accept header", async (t) => {
  const html = { accept: "text/html,*/*" };
  t.match(
    await postForm(
      `${origin}/oauth/token`,
      { grant_type: "password", client_id: client.clientId },
      { headers: html },
    ),
    {
      status: 400,
      body: { error: "unsupported_grant_type" },
    },
  );
  t.match(await postForm(`${origin}/oauth/token`, { client_id: client.clientId }, { headers: html }), {
    status: 400,
    body: { error: "invalid_request" },
  });
  t.match(await postJson(`${origin}/oauth/token`, { grant_type: "refresh_token" }), {
    status: 400,
    body: { error: "invalid_request" },
  });
  const response = await postForm(
    `${origin}/oauth/token`,
    { grant_type: "refresh_token", client_id: "unknown" },
    { headers: html },
  );
  t.match(response, { status: 401, body: { error: "invalid_client" } });
  t.equal(response.headers.get("cache-control"), "no-store");
});
