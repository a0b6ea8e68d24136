import t from "tap";
import { startRig } from "../support/running-auth-server.ts";
import {
  authorizationRequest,
  authorize,
  postForm,
  postJson,
  redeem,
  redirectUri,
  register,
  tokensOf,
  type Registered,
} from "../support/client.ts";

const rig = await startRig(t);
const origin = await rig.serve();
const client = await register(origin);
const both = { status: 200, body: { scope: "forgejo:read forgejo:write", refresh_token: String } };

/** Opens an authorization request without following anything. */
async function open(from: Registered, more: Record<string, string | undefined>) {
  const { url, state } = authorizationRequest(origin, from, more);
  const response = await fetch(url, { redirect: "manual", headers: { accept: "text/html" } });
  const location = response.headers.get("location");
  const target = location === null ? undefined : new URL(location, origin);
  // A response type that would have answered in the fragment gets its error there.
  const told = Object.fromEntries(new URLSearchParams(target?.search || target?.hash.slice(1)));
  return { status: response.status, location, told, state, response };
}

void t.test("harmless oddities work: both scopes are granted, refresh tokens always come", async (t) => {
  for (const more of [
    { scope: undefined },
    { scope: "" },
    { scope: "openid email offline_access", nonce: "n" },
    { scope: "forgejo:read" },
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
    const code = await authorize(origin, client, rig.person(), { more });
    t.match(await redeem(origin, code), both, JSON.stringify(more));
  }
});

void t.test("resource may come twice, and with a slash, at both endpoints", async (t) => {
  const request = authorizationRequest(origin, client);
  request.url.searchParams.append("resource", `${origin}/mcp/`);
  const back = await rig.person().signInAndAllow(request.url, { stopAt: redirectUri });
  const code = { ...client, code: back.searchParams.get("code")!, verifier: request.verifier };
  t.match(await redeem(origin, code, { resource: [`${origin}/mcp/`, `${origin}/mcp`] }), both);
});

void t.test("another resource is refused at both endpoints", async (t) => {
  const { told, state } = await open(client, { resource: "https://elsewhere.example/mcp" });
  t.match(told, { error: "invalid_target", state, iss: origin });
  const code = await authorize(origin, client, rig.person());
  const answer = await redeem(origin, code, { resource: "https://elsewhere.example/mcp" });
  t.match(answer, { status: 400, body: { error: "invalid_target" } });
});

void t.test("PKCE with S256 is required", async (t) => {
  for (const more of [
    { code_challenge: undefined, code_challenge_method: undefined },
    { code_challenge: undefined },
    { code_challenge_method: undefined },
    { code_challenge_method: "plain" },
    { code_challenge: "short" },
  ]) {
    const { status, told, state } = await open(client, more);
    t.equal(status, 303);
    t.match(told, { error: "invalid_request", state, iss: origin });
  }
});

void t.test("what else is not offered is refused, to the client", async (t) => {
  for (const [more, error] of [
    [{ response_type: "token" }, "unsupported_response_type"],
    [{ response_type: "code id_token" }, "unsupported_response_type"],
    [{ response_mode: "form_post" }, "unsupported_response_mode"],
    [{ response_mode: "fragment" }, "unsupported_response_mode"],
    [{ request: "x.y.z" }, "request_not_supported"],
    [{ request_uri: "https://client.example/r" }, "request_uri_not_supported"],
  ] as const) {
    const { status, told, state } = await open(client, more);
    t.equal(status, 303, error);
    t.match(told, { error, state, iss: origin });
  }
});

void t.test(
  "a redirect URI that is not registered gets a page with a reference, never a redirect",
  async (t) => {
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
        const { status, location, response } = await open(client, { redirect_uri: uri, ...more });
        t.same([status, location], [400, null], String(uri));
        t.match(await response.text(), /reference/);
        t.match(response.headers.get("content-security-policy"), /frame-ancestors 'none'/);
      }
    }
    t.match(await open({ ...client, clientId: "nobody" }, {}), { status: 400, location: null });
  },
);

void t.test("only native clients' loopback redirects may differ in port", async (t) => {
  const native = await register(origin, {
    redirect_uris: ["http://localhost/callback", "http://127.0.0.1:1/cb"],
  });
  for (const uri of ["http://localhost:50123/callback", "http://127.0.0.1:50123/cb", "http://127.0.0.1/cb"]) {
    t.match(await open(native, { redirect_uri: uri }), { status: 303 }, uri);
    const code = await authorize(origin, { ...native, redirectUri: uri }, rig.person());
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

void t.test("the token endpoint answers in JSON, whatever is asked and accepted", async (t) => {
  const html = { accept: "text/html,*/*" };
  t.match(
    await postForm(`${origin}/oauth/token`, { grant_type: "password", client_id: client.clientId }, html),
    {
      status: 400,
      body: { error: "unsupported_grant_type" },
    },
  );
  t.match(await postForm(`${origin}/oauth/token`, { client_id: client.clientId }, html), {
    status: 400,
    body: { error: "invalid_request" },
  });
  t.match(await postJson(`${origin}/oauth/token`, { grant_type: "refresh_token" }), {
    status: 400,
    body: { error: "invalid_request" },
  });
  const answer = await postForm(
    `${origin}/oauth/token`,
    { grant_type: "refresh_token", client_id: "nobody" },
    html,
  );
  t.match(answer, { status: 401, body: { error: "invalid_client" } });
  t.equal(answer.headers.get("cache-control"), "no-store");
});
