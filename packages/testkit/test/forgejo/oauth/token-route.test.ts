import { startSandboxForgejo } from "../../../src/forgejo/sandbox-forgejo.ts";
import { decodeJwt } from "jose";
import t, { type Test } from "tap";
import { ForgejoApp, scriptedUser, redirectUri, type Tokens } from "../../../src/stack/forgejo-app.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());

async function expectError(t: Test, response: Response, error: string, description: string): Promise<void> {
  t.equal(response.status, 400, "every error is 400");
  t.equal(response.headers.get("www-authenticate"), null);
  t.strictSame(await response.json(), { error, error_description: description });
}

t.test("rejects invalid code exchanges, without burning the code", async (t) => {
  const app = await ForgejoApp.register(forgejo, { redirectUris: [redirectUri, `${redirectUri}/two`] });
  const other = await ForgejoApp.register(forgejo);
  const browser = scriptedUser(forgejo, "alice");
  const code = await app.code(browser);
  const cases: [Record<string, string | undefined>, string, string][] = [
    [{ client_id: "x" }, "invalid_client", "cannot load client with client id: 'x'"],
    [{ client_secret: "x" }, "unauthorized_client", "invalid client secret"],
    [{ redirect_uri: "https://x/" }, "unauthorized_client", "unexpected redirect URI"],
    [{ code: "gta_x" }, "unauthorized_client", "client is not authorized"],
    [{ code_verifier: "x" }, "unauthorized_client", "failed PKCE code challenge"],
    [{ code_verifier: undefined }, "unauthorized_client", "failed PKCE code challenge"],
    [
      { redirect_uri: `${redirectUri}/two` },
      "unauthorized_client",
      "redirect_uri does not match the authorization request",
    ],
    [
      { redirect_uri: redirectUri.toUpperCase() },
      "unauthorized_client",
      "redirect_uri does not match the authorization request",
    ],
    [{ client_id: other.clientId, client_secret: other.clientSecret }, "invalid_grant", "invalid grant"],
    [
      { grant_type: "password" },
      "unsupported_grant_type",
      "Only refresh_token or authorization_code grant type is supported",
    ],
  ];
  for (const [changes, error, description] of cases) {
    await expectError(t, await app.exchange(code, changes), error, description);
  }
  t.equal((await app.exchange(code)).status, 200, "none of these burned the code");
  await expectError(t, await app.exchange(code), "unauthorized_client", "client is not authorized");
});

t.test("rejects invalid refreshes", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const other = await ForgejoApp.register(forgejo);
  const tokens = await app.logIn(scriptedUser(forgejo, "alice"));
  const cases: [Record<string, string | undefined>, string, string][] = [
    [{ client_id: "x" }, "invalid_client", "cannot load client with client id: 'x'"],
    [{ client_secret: "x" }, "invalid_client", "invalid client secret"],
    [{ refresh_token: "x" }, "unauthorized_client", "unable to parse refresh token"],
    [{ refresh_token: tokens.access_token }, "unauthorized_client", "token is not a refresh token"],
    [
      { client_id: other.clientId, client_secret: other.clientSecret },
      "invalid_grant",
      "refresh token was not issued to this client",
    ],
  ];
  for (const [changes, error, description] of cases) {
    await expectError(t, await app.refresh(tokens.refresh_token, changes), error, description);
  }
  t.equal((await app.refresh(tokens.refresh_token)).status, 200);
  await expectError(
    t,
    await app.refresh(tokens.refresh_token),
    "unauthorized_client",
    "token was already used",
  );
  t.match(await (await app.introspect(tokens.refresh_token)).json(), { active: true }, "yet it introspects");

  forgejo.controls.revokeGrant("alice", app.clientId);
  await expectError(t, await app.refresh(tokens.refresh_token), "invalid_grant", "grant does not exist");
  forgejo.controls.deleteApp(app.clientId);
  t.match(await (await app.refresh(tokens.refresh_token)).json(), { error: "invalid_client" });
});

t.test("rejects an expired refresh token", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  forgejo.controls.setRefreshTokenSeconds(-1);
  const { refresh_token } = await app.logIn(scriptedUser(forgejo, "alice"));
  forgejo.controls.setRefreshTokenSeconds(3600);
  await expectError(
    t,
    await app.refresh(refresh_token),
    "unauthorized_client",
    "unable to parse refresh token",
  );
});

t.test("keeps one counter per grant: a second login invalidates the first one's refresh token", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const first = await app.logIn(scriptedUser(forgejo, "alice"));
  const second = await app.logIn(scriptedUser(forgejo, "alice"));
  t.equal(decodeJwt(second.refresh_token).cnt, 2);
  t.equal(decodeJwt(second.refresh_token).gnt, decodeJwt(first.refresh_token).gnt);
  await expectError(
    t,
    await app.refresh(first.refresh_token),
    "unauthorized_client",
    "token was already used",
  );
  t.equal((await app.refresh(second.refresh_token)).status, 200, "a replay does not revoke the successor");
  t.match(forgejo.controls.grantOf("alice", app.clientId), { counter: 3 });
});

t.test("lets exactly one of parallel refreshes succeed", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  let { refresh_token } = await app.logIn(scriptedUser(forgejo, "bob"));
  const descriptions = new Set<string | undefined>();
  for (let round = 0; round < 5; round += 1) {
    const responses = await Promise.all(Array.from({ length: 5 }, () => app.refresh(refresh_token)));
    const bodies = (await Promise.all(responses.map((response) => response.json()))) as (Tokens & {
      error_description?: string;
    })[];
    const winners = bodies.filter((body) => body.access_token !== undefined);
    t.equal(winners.length, 1);
    refresh_token = winners[0]?.refresh_token ?? "";
    for (const body of bodies) descriptions.add(body.error_description);
  }
  t.strictSame(
    [...descriptions].filter(
      (text) =>
        text !== undefined &&
        text !== "token was already used" &&
        text !== "cannot increase the grant counter",
    ),
    [],
  );
});

t.test("keeps old refresh tokens valid with INVALIDATE_REFRESH_TOKENS = false", async (t) => {
  const lenient = await startSandboxForgejo({ invalidateRefreshTokens: false });
  t.teardown(() => lenient.close());
  const app = await ForgejoApp.register(lenient);
  const { refresh_token } = await app.logIn(scriptedUser(lenient, "alice"));
  t.equal((await app.refresh(refresh_token)).status, 200);
  t.equal((await app.refresh(refresh_token)).status, 200, "an old one still works");
});

t.test("accepts JSON bodies and Basic authentication", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const { refresh_token } = await app.logIn(scriptedUser(forgejo, "alice"));
  const json = await fetch(`${forgejo.url}/login/oauth/access_token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      grant_type: "refresh_token",
      client_id: app.clientId,
      client_secret: app.clientSecret,
      refresh_token,
    }),
  });
  const tokens = (await json.json()) as Tokens;
  const authorization = `Basic ${Buffer.from(`${app.clientId}:${app.clientSecret}`).toString("base64")}`;
  const fields = { grant_type: "refresh_token", refresh_token: tokens.refresh_token };
  t.match(await (await app.token({ ...fields, client_id: "x" }, { authorization })).json(), {
    error: "invalid_request",
  });
  t.equal((await app.token(fields, { authorization })).status, 200);
});

t.test("accepts a plain challenge, and a public app without a secret", async (t) => {
  const app = await ForgejoApp.register(forgejo, { confidential: false });
  const plain = { code_challenge: app.pkce.verifier, code_challenge_method: "plain" };
  const code = await app.code(scriptedUser(forgejo, "alice"), plain);
  t.equal((await app.exchange(code, { client_secret: undefined })).status, 200);
});

t.test("rejects the old secret after a rotation, and keeps tokens valid", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const { refresh_token } = await app.logIn(scriptedUser(forgejo, "alice"));
  const client_secret = forgejo.controls.rotateSecret(app.clientId);
  await expectError(t, await app.refresh(refresh_token), "invalid_client", "invalid client secret");
  t.equal((await app.refresh(refresh_token, { client_secret })).status, 200);
});

t.test("introspects with Basic only", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const { access_token } = await app.logIn(scriptedUser(forgejo, "bob"), { scope: "read:user read:issue" });
  t.strictSame(await (await app.introspect(access_token)).json(), {
    active: true,
    scope: "read:user read:issue",
    username: "bob",
    iss: forgejo.url,
    sub: "2",
    aud: [app.clientId],
  });
  t.strictSame(await (await app.introspect("garbage")).json(), { active: false });
  const body = new URLSearchParams({
    token: access_token,
    client_id: app.clientId,
    client_secret: app.clientSecret,
  });
  const post = await fetch(`${forgejo.url}/login/oauth/introspect`, { method: "POST", body });
  t.equal(post.status, 401);
  t.equal(await post.text(), "no valid authorization");
});
