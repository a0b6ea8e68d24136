import { randomBytes } from "node:crypto";
import t from "tap";
import { postForm, requestOAuth, type OAuthResponse } from "@fjmcp/testkit/oauth-client/oauth-request";
import {
  authorizationRequest,
  authorize,
  connect,
  openPage,
  postJson,
  redeem,
  redirectUri,
  refresh,
  register,
  revoke,
  tokensOf,
} from "../support/client.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const client = await register(origin);
const token = (fields: Record<string, string | string[]>, headers: Record<string, string> = {}) =>
  postForm(`${origin}/oauth/token`, fields, { headers });

type Tap = Pick<typeof t, "match" | "notMatch" | "ok" | "equal">;

/** oidc-provider's own descriptions, which say nothing to a user. */
const foreign =
  /grant request is invalid|client authentication failed|client is invalid|^[a-z]|oops|is missing, or unknown|\brequested$/;
const advice =
  /(Connect again|Update your|Try again|Remove this server|Ask the administrator|Allow it)[^.]*\.?/i;

/** A sentence of ours that says what to do, in the characters of RFC 6749 §5.2. */
function checkDescription(t: Tap, description: unknown, what: string) {
  t.match(description, /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/, what);
  t.notMatch(description, foreign, what);
  t.match(description, advice, what);
  t.ok(String(description).length <= 250, what);
}

function checkError(t: Tap, { status, body }: OAuthResponse, error: string, what = error) {
  t.ok(status >= 400 && status < 500, what);
  t.equal(body.error, error, what);
  checkDescription(t, body.error_description, `${what}: ${String(body.error_description)}`);
}

t.test("every error of the token endpoint says what to do", async (t) => {
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });
  const code = { grant_type: "authorization_code", client_id: client.clientId };
  const verifier = "x".repeat(43);
  for (const [error, fields, headers] of [
    ["invalid_request", {}],
    ["invalid_request", { client_id: client.clientId }],
    ["invalid_request", { ...code }],
    ["invalid_grant", { ...code, code: "x" }],
    ["invalid_request", { ...code, code: ["x", "y"], code_verifier: verifier }],
    ["invalid_grant", { ...code, code: "x", code_verifier: "short", redirect_uri: redirectUri }],
    ["invalid_request", { grant_type: "refresh_token", client_id: client.clientId }],
    ["invalid_grant", { ...code, code: "x", code_verifier: verifier, redirect_uri: redirectUri }],
    ["invalid_grant", { grant_type: "refresh_token", client_id: client.clientId, refresh_token: "x" }],
    ["invalid_client", { ...code, client_id: "unknown", code: "x" }],
    [
      "invalid_client",
      { grant_type: "refresh_token", refresh_token: "x" },
      basic(`${client.clientId}:wrong`),
    ],
    ["unsupported_grant_type", { client_id: client.clientId, grant_type: "password" }],
    ["unsupported_grant_type", { client_id: client.clientId, grant_type: 'a"\\ü' }],
    ["unsupported_grant_type", { client_id: client.clientId, grant_type: "x".repeat(10_000) }],
  ] as [string, Record<string, string | string[]>, Record<string, string>?][]) {
    checkError(t, await token(fields, headers), error, JSON.stringify(fields).slice(0, 100));
  }
  const json = await postJson(`${origin}/oauth/token`, code);
  checkError(t, json, "invalid_request", "a body in JSON");
});

t.test("every error for a known code or refresh token says what to do", async (t) => {
  const code = await authorize(origin, client, setup.user());
  checkError(t, await redeem(origin, code, { code_verifier: "y".repeat(43) }), "invalid_grant");
  checkError(t, await redeem(origin, code, { redirect_uri: "https://client.example/x" }), "invalid_grant");
  checkError(t, await redeem(origin, code, { resource: "https://elsewhere.example/mcp" }), "invalid_target");
  const { refreshToken } = tokensOf(await redeem(origin, code));
  const used = await redeem(origin, code);
  checkError(t, used, "invalid_grant");
  t.match(
    used.body.error_description,
    /code of this sign-in has expired, was used before or is not valid for this request/,
  );
  const resource = "https://elsewhere.example/mcp";
  checkError(t, await refresh(origin, client, refreshToken, { resource }), "invalid_target");
  const other = await register(origin);
  checkError(t, await refresh(origin, other, refreshToken), "invalid_grant");
  const readOnly = await connect(origin, setup.user());
  await revoke(origin, readOnly, readOnly.refreshToken);
  const ended = await refresh(origin, readOnly, readOnly.refreshToken);
  checkError(t, ended, "invalid_grant");
  t.match(ended.body.error_description, /This connection has ended/);
  const codesOnly = await register(origin, { grant_types: ["authorization_code"] });
  checkError(t, await refresh(origin, codesOnly, "x"), "unauthorized_client");
});

t.test("every error of registration and revocation says what to do", async (t) => {
  for (const [error, metadata] of [
    ["invalid_redirect_uri", {}],
    ["invalid_redirect_uri", { redirect_uris: ["javascript:alert(1)"] }],
    [
      "invalid_redirect_uri",
      { redirect_uris: [`https://client.example/${randomBytes(1200).toString("hex").slice(0, 2000)}`] },
    ],
    ["invalid_client_metadata", { redirect_uris: [redirectUri], client_name: "x".repeat(201) }],
    ["invalid_client_metadata", { redirect_uris: [redirectUri], grant_types: ["implicit"] }],
    ["invalid_request", []],
  ] as [string, unknown][]) {
    const response = await postJson(`${origin}/oauth/register`, metadata);
    checkError(t, response, error, JSON.stringify(metadata).slice(0, 80));
  }
  checkError(t, await postForm(`${origin}/oauth/revoke`, { client_id: client.clientId }), "invalid_request");
  checkError(t, await postForm(`${origin}/oauth/revoke`, { token: "x" }), "invalid_request");
  checkError(t, await postForm(`${origin}/oauth/revoke`, { client_id: "x", token: "x" }), "invalid_client");
});

t.test("names the authentication methods to a client that registers with keys of its own", async (t) => {
  for (const keys of [
    {},
    { jwks_uri: "https://client.example/jwks.json" },
    { jwks: { keys: [{ kty: "EC", crv: "P-256", x: "AA", y: "AA" }] } },
  ]) {
    const asked = { redirect_uris: [redirectUri], token_endpoint_auth_method: "private_key_jwt", ...keys };
    const response = await postJson(`${origin}/oauth/register`, asked);
    checkError(t, response, "invalid_client_metadata", JSON.stringify(keys));
    t.match(
      response.body.error_description,
      /token_endpoint_auth_method must be none, client_secret_basic or client_secret_post\./,
    );
  }
});

t.test("every error of an authorization request that the client may get says what to do", async (t) => {
  for (const more of [
    { response_type: "token" },
    { response_mode: "fragment" },
    { code_challenge: undefined },
    { code_challenge_method: "plain" },
    { prompt: "none" },
    { resource: "https://elsewhere.example/mcp" },
  ] as Record<string, string | undefined>[]) {
    const page = await openPage(authorizationRequest(origin, client, more).url);
    t.equal(page.status, 400, JSON.stringify(more));
    const { error, error_description } = page.parameters;
    t.ok(error, JSON.stringify(more));
    checkDescription(t, error_description, `${JSON.stringify(more)} ${error}: ${error_description}`);
  }
});

t.test("a denial and a failure at Forgejo say what to do", async (t) => {
  for (const [how, error] of [
    [{ consent: "deny" }, "access_denied"],
    [{ forgejo: "deny" }, "access_denied"],
    [{}, "temporarily_unavailable"],
  ] as const) {
    setup.forgejo.controls.revokeGrant("alice", setup.forgejoApp.clientId);
    if (error === "temporarily_unavailable")
      setup.forgejo.controls.setFault({ mode: "500", path: /access_token/ });
    const { url } = authorizationRequest(origin, client);
    const back = await setup.user().signInAndAllow(url, { stopAt: redirectUri, ...how });
    t.equal(back.searchParams.get("error"), error);
    checkDescription(t, back.searchParams.get("error_description"), `${error} ${JSON.stringify(how)}`);
  }
  setup.forgejo.controls.clearFaults();
});

t.test("the response while Redis is away says what to do", async (t) => {
  await setup.redis.kill("SIGSTOP");
  t.teardown(() => setup.redis.kill("SIGCONT"));
  const response = await requestOAuth(`${origin}/oauth/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "refresh_token",
      client_id: client.clientId,
      refresh_token: "x",
    }),
  });
  t.equal(response.status, 503);
  checkDescription(t, response.body.error_description, "503");
});
