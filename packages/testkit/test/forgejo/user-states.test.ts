import { startSandboxForgejo } from "../../src/forgejo/sandbox-forgejo.ts";
import { userStates, type UserState } from "../../src/forgejo/user-state.ts";
import t from "tap";
import { api, ForgejoApp, redirectUri, scriptedUser, type Tokens } from "../../src/stack/forgejo-app.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
t.afterEach(() => forgejo.controls.setUserState("bob", "normal"));
const stopAt = redirectUri;

const userinfo = (token: string) =>
  fetch(`${forgejo.url}/login/oauth/userinfo`, { headers: { authorization: `Bearer ${token}` } });

const prohibited = "This account is prohibited from signing in, please contact your site administrator.";
const messages: Partial<Record<UserState, string>> = {
  "must-change-password": `You must change your password. Change it at: ${forgejo.url}//user/change_password`,
  prohibited,
  "not-active": prohibited,
  "email-not-confirmed": "This account is not activated.",
  "two-factor-missing": `This Forgejo instance requires users to enable two-factor authentication before they can access their accounts. Enable it at: ${forgejo.url}/user/settings/security`,
};

for (const [state, message] of Object.entries(messages) as [UserState, string][]) {
  t.test(`rejects API requests of a user in the state ${state}, and keeps the tokens`, async (t) => {
    const app = await ForgejoApp.register(forgejo);
    const { access_token, refresh_token } = await app.logIn(scriptedUser(forgejo, "bob"));
    forgejo.controls.setUserState("bob", state);
    for (const path of ["/user", "/version", "/repos/bob/welcome/issues"]) {
      const response = await api(forgejo, path, access_token);
      t.equal(response.status, 403, path);
      t.strictSame(await response.json(), { message }, "without a url");
    }
    t.equal((await userinfo(access_token)).status, 200);
    t.match(await (await app.introspect(access_token)).json(), { active: true });
    const refreshed = await app.refresh(refresh_token);
    t.equal(refreshed.status, 200);
    const next = (await refreshed.json()) as Tokens;
    t.equal((await api(forgejo, "/user", next.access_token)).status, 403);

    forgejo.controls.setUserState("bob", "normal");
    t.equal((await api(forgejo, "/user", access_token)).status, 200);
    t.equal((await api(forgejo, "/user", next.access_token)).status, 200);
  });
}

t.test("accepts API requests of a user in the other states", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const { access_token } = await app.logIn(scriptedUser(forgejo, "bob"));
  for (const state of userStates.filter((state) => messages[state] === undefined)) {
    forgejo.controls.setUserState("bob", state);
    t.equal((await api(forgejo, "/user", access_token)).status, 200, state);
  }
});

t.test("invalidates all tokens of a deleted user and of a revoked grant", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const other = await startSandboxForgejo({ users: [{ name: "alice" }, { name: "carol" }] });
  t.teardown(() => other.close());
  const otherApp = await ForgejoApp.register(other);
  const cases = [
    { forgejo, app, name: "alice", end: () => forgejo.controls.revokeGrant("alice", app.clientId) },
    { forgejo: other, app: otherApp, name: "carol", end: () => other.controls.deleteUser("carol") },
  ];
  for (const { forgejo, app, name, end } of cases) {
    const { access_token, refresh_token } = await app.logIn(scriptedUser(forgejo, name));
    end();
    const rejected = await api(forgejo, "/version", access_token);
    t.equal(rejected.status, 401);
    const { message, url } = (await rejected.json()) as { message: string; url: string };
    t.equal(url, `${forgejo.url}/api/swagger`);
    const lines = message.split("\n");
    t.equal(lines.length, 5);
    t.strictSame(lines.slice(0, 2), [
      "oauth2 grant not found or revoked",
      `access token does not exist [sha: ${access_token}]`,
    ]);
    t.equal(lines.filter((line) => line.includes(access_token)).length, 2);
    const info = await fetch(`${forgejo.url}/login/oauth/userinfo?access_token=${access_token}`);
    t.equal(info.status, 401);
    t.equal(await info.text(), "no valid authorization");
    t.strictSame(await (await app.introspect(access_token)).json(), { active: false });
    const refreshed = await app.refresh(refresh_token);
    t.equal(refreshed.status, 400);
    t.strictSame(await refreshed.json(), {
      error: "invalid_grant",
      error_description: "grant does not exist",
    });
  }
  t.equal((await fetch(`${other.url}/api/v1/repos/carol/welcome`)).status, 404);
});

t.test("returns to the client after a new password", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  forgejo.controls.setUserState("bob", "must-change-password");
  const browser = scriptedUser(forgejo, "bob");
  const login = await browser.visit(app.authorizeUrl(), { stopAt });
  const change = await login.submit({ fields: { user_name: "bob", password: "bob-password" } });
  t.equal(change.url.pathname, "/user/settings/change_password");
  const again = await change.submit({ fields: { password: "a", retype: "b" } });
  t.match(again.text, "do not match");
  const consent = await again.submit({ fields: { password: "bob-2", retype: "bob-2" } });
  const back = await consent.submit({ button: { name: "granted", value: "true" } });
  t.match(back.externalRedirect?.searchParams.get("code"), /^gta_/);
  t.match(forgejo.users[1], { name: "bob", password: "bob-2" });
});

t.test("returns to the client after a passcode", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  forgejo.controls.setUserState("bob", "two-factor");
  const browser = scriptedUser(forgejo, "bob");
  const login = await browser.visit(app.authorizeUrl(), { stopAt });
  const bob = forgejo.users.find(({ name }) => name === "bob");
  const passcode = await login.submit({ fields: { user_name: "bob", password: bob?.password ?? "" } });
  t.equal(passcode.url.pathname, "/user/two_factor");
  const signedOut = await browser.visit(app.authorizeUrl(), { stopAt });
  t.equal(signedOut.url.pathname, "/user/login", "a password alone does not sign in");
  const again = await passcode.submit({ fields: { passcode: "000000" } });
  t.match(again.text, "incorrect");
  const consent = await again.submit({ fields: { passcode: "123456" } });
  const back = await consent.submit({ button: { name: "granted", value: "true" } });
  t.match(back.externalRedirect?.searchParams.get("code"), /^gta_/);
});

t.test("ends at the security settings when required two-factor authentication is missing", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  forgejo.controls.setUserState("bob", "two-factor-missing");
  const browser = scriptedUser(forgejo, "bob");
  await t.rejects(browser.signInAndAllow(app.authorizeUrl(), { stopAt }), {
    message: /The sign-in ends at.*user\/settings\/security/s,
  });
  const again = await browser.visit(app.authorizeUrl(), { stopAt });
  t.equal(again.status, 200);
  t.equal(again.url.pathname, "/user/settings/security");
});

t.test("ends a login of a locked account on a page with status 200", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  for (const state of ["prohibited", "not-active", "email-not-confirmed"] as const) {
    const signedIn = scriptedUser(forgejo, "bob");
    await app.code(signedIn);
    forgejo.controls.setUserState("bob", state);
    const browser = scriptedUser(forgejo, "bob");
    const login = await browser.visit(app.authorizeUrl(), { stopAt });
    const bob = forgejo.users.find(({ name }) => name === "bob");
    const page = await login.submit({ fields: { user_name: "bob", password: bob?.password ?? "" } });
    t.equal(page.status, 200, state);
    t.match(page.text, state === "email-not-confirmed" ? "unconfirmed" : "prohibited");
    const locked = await signedIn.visit(app.authorizeUrl(), { stopAt });
    t.equal(locked.status, 200, "a browser that is signed in gets the page too");
    t.equal(locked.externalRedirect, undefined);
    forgejo.controls.setUserState("bob", "normal");
  }
});
