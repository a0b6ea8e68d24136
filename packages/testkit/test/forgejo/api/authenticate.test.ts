import { startSandboxForgejo } from "../../../src/forgejo/sandbox-forgejo.ts";
import t from "tap";
import { api, ForgejoApp, scriptedUser } from "../../../src/stack/forgejo-app.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());

t.test("accepts the token by Bearer, by token, or in the query", async (t) => {
  const { access_token } = await (await ForgejoApp.register(forgejo)).logIn(scriptedUser(forgejo, "alice"));
  const url = `${forgejo.url}/api/v1/user`;
  for (const scheme of ["Bearer", "bearer", "token"]) {
    t.equal((await fetch(url, { headers: { authorization: `${scheme} ${access_token}` } })).status, 200);
  }
  t.equal((await fetch(`${url}?access_token=${access_token}`)).status, 200);
  const none = await fetch(url);
  t.equal(none.status, 401);
  t.strictSame(await none.json(), { message: "token is required", url: `${forgejo.url}/api/swagger` });
});

t.test("rejects an invalid token with 401 on every path, in the style of the version", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  forgejo.controls.setAccessTokenSeconds(-1);
  const { access_token, refresh_token } = await app.logIn(scriptedUser(forgejo, "alice"));
  forgejo.controls.setAccessTokenSeconds(3600);
  const version = await api(forgejo, "/version", access_token);
  t.equal(version.status, 401, "even for the version");
  const { message } = (await version.json()) as { message: string };
  t.equal(message.split("\n").filter((line) => line.includes(access_token)).length, 2, "v16 echoes it twice");
  t.equal((await api(forgejo, "/user", refresh_token)).status, 401, "a refresh token is not one");

  forgejo.controls.setUnauthorizedStyle("v15");
  t.teardown(() => forgejo.controls.setUnauthorizedStyle("v16"));
  t.match(await (await api(forgejo, "/user", access_token)).json(), {
    message: "user does not exist [uid: 0, name: ]",
  });
});

t.test("invalidates access tokens at once when the grant is revoked or the app is deleted", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const first = await app.logIn(scriptedUser(forgejo, "alice"));
  forgejo.controls.revokeGrant("alice", app.clientId);
  t.equal((await api(forgejo, "/user", first.access_token)).status, 401);
  const second = await app.logIn(scriptedUser(forgejo, "alice"));
  forgejo.controls.deleteApp(app.clientId);
  t.equal((await api(forgejo, "/user", second.access_token)).status, 401);
});

t.test("rejects a prohibited user with 403, while refresh and userinfo still work", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const { access_token, refresh_token } = await app.logIn(scriptedUser(forgejo, "bob"));
  forgejo.controls.prohibit("bob", true);
  t.teardown(() => forgejo.controls.prohibit("bob", false));
  const rejected = await api(forgejo, "/user", access_token);
  t.equal(rejected.status, 403);
  const body = (await rejected.json()) as object;
  t.match(body, { message: /^This account is prohibited from signing in, / });
  t.notOk("url" in body);
  t.equal((await app.refresh(refresh_token)).status, 200);
  const userinfo = await fetch(`${forgejo.url}/login/oauth/userinfo`, {
    headers: { authorization: `Bearer ${access_token}` },
  });
  t.match(await userinfo.json(), { sub: "2", preferred_username: "bob" });
});

t.test("enforces scopes; write implies read", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const { access_token } = await app.logIn(scriptedUser(forgejo, "alice"), { scope: "openid write:issue" });
  const user = await api(forgejo, "/user", access_token);
  t.equal(user.status, 403);
  t.match(await user.json(), {
    message: "token does not have at least one of required scope(s): [read:user]",
    url: `${forgejo.url}/api/swagger`,
  });
  t.equal((await api(forgejo, "/repos/alice/welcome/issues", access_token)).status, 200);
  t.equal((await api(forgejo, "/version", access_token)).status, 200, "the version asks for no scope");

  const reader = await ForgejoApp.register(forgejo);
  const read = await reader.logIn(scriptedUser(forgejo, "alice"), { scope: "read:issue" });
  const post = await fetch(`${forgejo.url}/api/v1/repos/alice/welcome/issues`, {
    method: "POST",
    headers: { authorization: `Bearer ${read.access_token}` },
    body: JSON.stringify({ title: "no" }),
  });
  t.equal(post.status, 403);
  t.match(await post.json(), { message: /\[write:issue\]/ });
});

t.test("treats a scope of unknown names as full access, and public-only as none", async (t) => {
  for (const scope of ["read:repo", "repo", "read:user,write:issue", "openid profile", ""]) {
    const app = await ForgejoApp.register(forgejo);
    const { access_token } = await app.logIn(scriptedUser(forgejo, "alice"), { scope });
    t.equal((await api(forgejo, "/notifications", access_token)).status, 200, `"${scope}" is all`);
  }
  const app = await ForgejoApp.register(forgejo);
  const { access_token } = await app.logIn(scriptedUser(forgejo, "alice"), { scope: "public-only" });
  t.equal((await api(forgejo, "/user", access_token)).status, 403);
});

t.test("keeps id, token and repositories when a user is renamed", async (t) => {
  const { access_token } = await (await ForgejoApp.register(forgejo)).logIn(scriptedUser(forgejo, "bob"));
  forgejo.controls.rename("bob", "robert");
  t.teardown(() => forgejo.controls.rename("robert", "bob"));
  t.match(await (await api(forgejo, "/user", access_token)).json(), { id: 2, login: "robert" });
  t.equal((await api(forgejo, "/repos/robert/welcome", access_token)).status, 200);
});
