import { startSandboxForgejo } from "../../../src/forgejo/sandbox-forgejo.ts";
import t from "tap";
import { api, ForgejoApp, scriptedUser, redirectUri } from "../../../src/stack/forgejo-app.ts";

t.test("rejects a form without _csrf up to v13", async (t) => {
  const forgejo = await startSandboxForgejo({ csrf: true });
  t.teardown(() => forgejo.close());
  const app = await ForgejoApp.register(forgejo);
  const tokens = await app.logIn(scriptedUser(forgejo, "alice"));
  t.equal((await api(forgejo, "/user", tokens.access_token)).status, 200, "a browser sends it");
  const login = await fetch(`${forgejo.url}/user/login`, {
    method: "POST",
    body: new URLSearchParams({ user_name: "alice", password: "alice-password" }),
  });
  t.equal(login.status, 400);
});

t.test("rejects a cross-site grant from v14 on, accepts a cross-site login", async (t) => {
  const forgejo = await startSandboxForgejo();
  t.teardown(() => forgejo.close());
  const headers = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
  const login = await fetch(`${forgejo.url}/user/login`, {
    method: "POST",
    redirect: "manual",
    headers,
    body: new URLSearchParams({ user_name: "alice", password: "alice-password" }),
  });
  t.equal(login.status, 303);
  const cookie = login.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const grant = (headers: Record<string, string>) =>
    fetch(`${forgejo.url}/login/oauth/grant`, { method: "POST", headers: { cookie, ...headers } });
  t.equal((await grant(headers)).status, 403);
  t.equal((await grant({ "sec-fetch-site": "same-site" })).status, 403);
  t.equal((await grant({ origin: "https://evil.example" })).status, 403, "an old browser sends only Origin");
  t.equal((await grant({ "sec-fetch-site": "same-origin" })).status, 400, "no consent is pending");
});

t.test("revokes a grant on the settings page", async (t) => {
  const forgejo = await startSandboxForgejo();
  t.teardown(() => forgejo.close());
  const app = await ForgejoApp.register(forgejo);
  const browser = scriptedUser(forgejo, "alice");
  const { access_token } = await app.logIn(browser);
  const page = await browser.visit(`${forgejo.url}/user/settings/applications`);
  t.match(page.text, "a test");
  const after = await page.submit({ button: "Revoke" });
  t.match(after.text, "None.");
  t.equal((await api(forgejo, "/user", access_token)).status, 401);
  const again = await browser.visit(app.authorizeUrl(), { stopAt: redirectUri });
  t.equal(again.status, 200, "the consent page comes again");
});

t.test("marks every page as a sandbox and escapes parameters", async (t) => {
  const forgejo = await startSandboxForgejo();
  t.teardown(() => forgejo.close());
  const created = await forgejo.createApp({ name: "<script>alert(1)</script>", redirectUris: [redirectUri] });
  const app = new ForgejoApp(forgejo.url, created);
  const browser = scriptedUser(forgejo, "alice");
  const login = await browser.visit(app.authorizeUrl({ state: '"><b>' }));
  t.match(login.text, "sandbox Forgejo: for tests and the demo");
  const consent = await login.submit({ fields: { user_name: "alice", password: "alice-password" } });
  t.match(consent.text, "sandbox Forgejo: for tests and the demo");
  t.notMatch(consent.html, "<script>");
  t.notMatch(consent.html, "<b>");
});

t.test("signs out by POST only", async (t) => {
  const forgejo = await startSandboxForgejo();
  t.teardown(() => forgejo.close());
  const browser = scriptedUser(forgejo, "alice");
  const login = await browser.visit(`${forgejo.url}/user/login`);
  await login.submit({ fields: { user_name: "alice", password: "alice-password" } });
  t.equal((await browser.visit(`${forgejo.url}/user/logout`)).status, 404);
  const start = await browser.visit(forgejo.url);
  t.match(start.text, "You are signed in as alice");
  t.notMatch((await start.submit({ button: "Sign out" })).text, "You are signed in");
});
