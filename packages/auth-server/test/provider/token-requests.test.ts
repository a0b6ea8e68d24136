import { sha256Hex } from "@fjmcp/shared/hash";
import t from "tap";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { postForm, type OAuthResponse } from "@fjmcp/testkit/oauth-client/oauth-request";
import {
  authorizationRequest,
  authorize,
  connect,
  openPage,
  redeem,
  refresh,
  register,
  tokensOf,
} from "../support/client.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const { host } = new URL(origin);
const client = await register(origin);
const invalidTarget = { status: 400, body: { error: "invalid_target" } };

const sameResource = [
  `${origin}/mcp/`,
  `HTTP://${host}/mcp`,
  `${origin}/mcp?toolsets=issues`,
  `${origin}/mcp/?x=/../y`,
];
const otherResources = [
  "https://elsewhere.example/mcp",
  `${origin}/MCP`,
  `${origin}/mcp/x`,
  `${origin}/x/../mcp`,
  `${origin}/mcp#x`,
  `${origin}//mcp`,
  `${origin}/%6dcp`,
  `https://${host}/mcp`,
  `http://user@${host}/mcp`,
  `http:\\\\${host}/mcp`,
  `http:/${host}/mcp`,
  `${origin}\\mcp`,
  ` ${origin}/mcp`,
  "mcp",
];

t.test("accepts every spelling of the same resource at both endpoints", async (t) => {
  for (const resource of sameResource) {
    const code = await authorize(origin, client, setup.user(), { more: { resource } });
    const tokens = tokensOf(await redeem(origin, code, { resource }));
    t.equal((await refresh(origin, client, tokens.refreshToken, { resource })).status, 200, resource);
  }
});

t.test("rejects another resource at the authorization endpoint", async (t) => {
  for (const resource of otherResources) {
    const page = await openPage(authorizationRequest(origin, client, { resource }).url);
    t.match(page, { status: 400, location: null, parameters: { error: "invalid_target" } }, resource);
  }
});

t.test("consumes no code and no refresh token when the resource is wrong", async (t) => {
  const code = await authorize(origin, client, setup.user());
  const wrong = [...otherResources, [`${origin}/mcp`, "https://elsewhere.example/mcp"]];
  for (const resource of wrong) t.match(await redeem(origin, code, { resource }), invalidTarget);
  const tokens = tokensOf(await redeem(origin, code));
  for (const resource of otherResources) {
    t.match(await refresh(origin, client, tokens.refreshToken, { resource }), invalidTarget);
  }
  const key = `token:refresh:${sha256Hex(tokens.refreshToken)}`;
  t.equal(await setup.admin.hget(key, "rotatedAtMs"), null, "nothing was rotated");
  t.equal(await setup.admin.exists(key), 1);
  t.equal((await refresh(origin, client, tokens.refreshToken)).status, 200);
});

t.test("consumes no code whatever else is wrong in the request", async (t) => {
  const code = await authorize(origin, client, setup.user());
  const other = await register(origin);
  const verifier = code.verifier;
  for (const more of [
    { client_id: other.clientId },
    { client_id: "unknown" },
    { client_secret: "a public client has none" },
    { redirect_uri: "https://client.example/other" },
    { redirect_uri: [code.redirectUri, code.redirectUri] },
    { code_verifier: verifier.toUpperCase() },
    { code_verifier: [verifier, verifier] },
    { code_verifier: "" },
    { grant_type: "refresh_token" },
    { resource: "https://elsewhere.example/mcp" },
  ] as Record<string, string | string[]>[]) {
    const { status } = await redeem(origin, code, more);
    t.ok(status === 400 || status === 401, JSON.stringify(more));
  }
  t.equal((await redeem(origin, code)).status, 200);
});

/** A redemption whose parameters are exactly these, with the code's own for true. */
function redeemWith(
  code: Awaited<ReturnType<typeof authorize>>,
  parameters: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<OAuthResponse> {
  const base = { grant_type: "authorization_code", code: code.code, code_verifier: code.verifier };
  return postForm(`${origin}/oauth/token`, { ...base, ...parameters }, { headers });
}

t.test("redeems a code without redirect_uri, which must match when it is sent", async (t) => {
  const two = await register(origin, {
    redirect_uris: ["http://127.0.0.1:1/cb", "https://client.example/second"],
  });
  for (const redirectUri of ["http://127.0.0.1:40123/cb", "https://client.example/second"]) {
    for (const more of [{}, { redirect_uri: "" }] as Record<string, string>[]) {
      const code = await authorize(origin, { ...two, redirectUri }, setup.user());
      t.match(
        await redeemWith(code, { client_id: two.clientId, redirect_uri: "http://127.0.0.1:1/cb" }),
        { status: 400, body: { error: "invalid_grant" } },
        "another one",
      );
      t.equal((await redeemWith(code, { client_id: two.clientId, ...more })).status, 200, redirectUri);
    }
  }
  const unknown = { grant_type: "authorization_code", code: "unknown", code_verifier: "x".repeat(43) };
  t.match(await postForm(`${origin}/oauth/token`, { ...unknown, client_id: two.clientId }), {
    status: 400,
    body: { error: "invalid_grant" },
  });
});

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
});

t.test("treats an empty secret as no authentication", async (t) => {
  const id = client.clientId;
  for (const [parameters, headers] of [
    [{}, basic(id, "")],
    [{ client_id: id }, basic(id, "")],
    [{ client_id: id }, basic("", "")],
    [{ client_id: id }, { authorization: "" }],
    [{ client_id: id, client_secret: "" }, {}],
    [{ client_id: id, client_secret: "" }, basic(id, "")],
    [{ client_id: id }, { authorization: basic(id, "").authorization.replace("Basic", "basic") }],
    [{ client_id: id }, { authorization: "Basic" }],
    [{ client_id: id }, { authorization: "Basic " }],
  ] as [Record<string, string>, Record<string, string>][]) {
    const what = JSON.stringify([parameters, headers]);
    const code = await authorize(origin, client, setup.user());
    t.equal((await redeemWith(code, parameters, headers)).status, 200, what);
  }
  const { refreshToken } = await connect(origin, setup.user());
  const revoked = await postForm(
    `${origin}/oauth/revoke`,
    { token: refreshToken },
    {
      headers: basic(id, ""),
    },
  );
  t.equal(revoked.status, 200, "at the revocation endpoint, too");
});

t.test("rejects an empty or wrong secret of a confidential client, and one of another client", async (t) => {
  const confidential = await register(origin, { token_endpoint_auth_method: "client_secret_basic" });
  const id = confidential.clientId;
  const code = await authorize(origin, confidential, setup.user());
  for (const [parameters, headers] of [
    [{ client_id: id }, {}],
    [{ client_id: id, client_secret: "" }, {}],
    [{}, basic(id, "")],
    [{}, basic(id, "wrong")],
    [{}, basic(client.clientId, "")],
    [{ client_id: id }, basic(client.clientId, "")],
  ] as [Record<string, string>, Record<string, string>][]) {
    const { status, body } = await redeemWith(code, parameters, headers);
    t.ok(status === 400 || status === 401, JSON.stringify([parameters, headers]));
    t.notOk(body.access_token);
  }
  t.match(await redeemWith(code, {}, basic(id, "")), { status: 401, body: { error: "invalid_client" } });
  t.equal((await redeemWith(code, {}, basic(id, confidential.clientSecret!))).status, 200);
});
