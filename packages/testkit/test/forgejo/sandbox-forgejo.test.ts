import { startSandboxForgejo } from "../../src/forgejo/sandbox-forgejo.ts";
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import t from "tap";
import { api, ForgejoApp, scriptedUser, type Tokens } from "../../src/stack/forgejo-app.ts";

t.test("logs in from the authorize URL to the API, and refreshes", async (t) => {
  const forgejo = await startSandboxForgejo();
  t.teardown(() => forgejo.close());
  const app = await ForgejoApp.register(forgejo);

  const tokens = await app.logIn(scriptedUser(forgejo, "alice"));
  t.match(tokens, { token_type: "bearer", expires_in: 3600 });
  t.notOk("scope" in tokens, "only introspection shows the scope");
  t.match(decodeProtectedHeader(tokens.access_token), { alg: "RS256", typ: "JWT", kid: String });
  t.match(decodeJwt(tokens.access_token), { gnt: 1, tt: 0 });
  t.match(decodeJwt(tokens.refresh_token), { gnt: 1, tt: 1, cnt: 1 });

  const user = await api(forgejo, "/user", tokens.access_token);
  t.equal(user.status, 200);
  t.match(await user.json(), { id: 1, login: "alice", is_admin: true, active: true, prohibit_login: false });

  const refreshed = (await (await app.refresh(tokens.refresh_token)).json()) as Tokens;
  t.match(decodeJwt(refreshed.refresh_token), { cnt: 2 });
  t.equal((await api(forgejo, "/user", refreshed.access_token)).status, 200);
  t.equal((await api(forgejo, "/user", tokens.access_token)).status, 200, "the old access token stays valid");
  t.equal(forgejo.controls.counts.refreshes, 1);
  t.equal(
    forgejo.requests.find(({ path }) => path.includes("?")),
    undefined,
    "requests are recorded without their queries",
  );
});

t.test("serves discovery and keys, and signs an id_token for openid", async (t) => {
  const forgejo = await startSandboxForgejo();
  t.teardown(() => forgejo.close());
  const app = await ForgejoApp.register(forgejo);
  const metadata = await (await fetch(`${forgejo.url}/.well-known/openid-configuration`)).json();
  t.match(metadata, { issuer: forgejo.url, token_endpoint: `${forgejo.url}/login/oauth/access_token` });

  const scope = "openid profile email read:user";
  const tokens = await app.logIn(scriptedUser(forgejo, "bob"), { scope, nonce: "n-1" });
  const keys = createRemoteJWKSet(new URL(`${forgejo.url}/login/oauth/keys`));
  const { payload } = await jwtVerify(tokens.id_token ?? "", keys, {
    issuer: forgejo.url,
    audience: app.clientId,
  });
  t.match(payload, { sub: "2", nonce: "n-1", preferred_username: "bob", email_verified: true });

  const other = await ForgejoApp.register(forgejo);
  const without = await other.logIn(scriptedUser(forgejo, "bob"), { scope: "read:user" });
  t.notOk("id_token" in without, "no id_token without openid");
});

t.test("creates the given users, each with a public and a private repository", async (t) => {
  const users = [{ name: "carol" }, { name: "dave", password: "d", isAdmin: true }];
  const forgejo = await startSandboxForgejo({ users });
  t.teardown(() => forgejo.close());
  t.match(forgejo.users, [
    { id: 1, name: "carol", password: "carol-password", isAdmin: false },
    { id: 2, name: "dave", password: "d", isAdmin: true },
  ]);
  const app = await ForgejoApp.register(forgejo);
  const { access_token } = await app.logIn(scriptedUser(forgejo, "dave"));
  const issue = await api(forgejo, "/repos/dave/secret-plans/issues/1", access_token);
  t.match(await issue.json(), { title: "Only dave may read this" });
});

t.test("returns a real version without a token", async (t) => {
  const forgejo = await startSandboxForgejo();
  t.teardown(() => forgejo.close());
  const version = await (await fetch(`${forgejo.url}/api/v1/version`)).json();
  t.strictSame(version, { version: "16.0.0+gitea-1.22.0" });
});

t.test("reports the version that a control sets, or none", async (t) => {
  const forgejo = await startSandboxForgejo({ version: "7.0.16+gitea-1.21.11" });
  t.teardown(() => forgejo.close());
  const version = () => fetch(`${forgejo.url}/api/v1/version`);
  t.strictSame(await (await version()).json(), { version: "7.0.16+gitea-1.21.11" });
  forgejo.controls.setVersion("1.24.0");
  t.strictSame(await (await version()).json(), { version: "1.24.0" }, "a Gitea");
  forgejo.controls.setVersion(undefined);
  t.equal((await version()).status, 404, "neither");
});

t.test("records method, path, status and user agent of each request", async (t) => {
  const forgejo = await startSandboxForgejo();
  t.teardown(() => forgejo.close());
  const headers = { "user-agent": "a-test/1", authorization: "Bearer a-token" };
  await fetch(`${forgejo.url}/api/v1/user?access_token=a-token`, { headers });
  forgejo.controls.setFault({ path: /version/, mode: "close", times: 1 });
  await t.rejects(fetch(`${forgejo.url}/api/v1/version`, { headers }));
  const recorded = [
    { method: "GET", path: "/api/v1/user", userAgent: "a-test/1", status: 401 },
    { method: "GET", path: "/api/v1/version", userAgent: "a-test/1", status: undefined },
  ];
  t.strictSame(forgejo.requests, recorded);
  const listed = await fetch(`${forgejo.url}/sandbox/requests`);
  t.match(await listed.json(), [recorded[0], { path: "/api/v1/version" }], "for other processes");
});
