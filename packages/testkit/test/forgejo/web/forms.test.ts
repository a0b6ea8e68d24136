import { startSandboxForgejo } from "../../../src/forgejo/sandbox-forgejo.ts";
import t from "tap";
import { api, ForgejoApp, personOf, redirectUri } from "../../support/forgejo-app.ts";

t.test("up to v13 forms carry _csrf, and a POST without it is refused", async (t) => {
  const forgejo = await startSandboxForgejo({ csrf: true });
  t.teardown(() => forgejo.close());
  const app = await ForgejoApp.register(forgejo);
  const tokens = await app.logIn(personOf(forgejo, "alice"));
  t.equal(
    (await api(forgejo, "/user", tokens.access_token)).status,
    200,
    "a person who sends it gets through",
  );
  const login = await fetch(`${forgejo.url}/user/login`, {
    method: "POST",
    body: new URLSearchParams({ user_name: "alice", password: "alice-password" }),
  });
  t.equal(login.status, 400);
});

t.test("from v14 on a cross-site grant is refused, a cross-site login is not", async (t) => {
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
  t.equal(
    (await grant({ origin: "https://evil.example" })).status,
    403,
    "an old browser's Origin counts too",
  );
  t.equal((await grant({ "sec-fetch-site": "same-origin" })).status, 400, "no consent is pending");
});

t.test("a user revokes a grant on the settings page", async (t) => {
  const forgejo = await startSandboxForgejo();
  t.teardown(() => forgejo.close());
  const app = await ForgejoApp.register(forgejo);
  const person = personOf(forgejo, "alice");
  const { access_token } = await app.logIn(person);
  const page = await person.visit(`${forgejo.url}/user/settings/applications`);
  t.match(page.text, "a test");
  const after = await page.submit({ button: "Revoke" });
  t.match(after.text, "None.");
  t.equal((await api(forgejo, "/user", access_token)).status, 401);
  const again = await person.visit(app.authorizeUrl(), { stopAt: redirectUri });
  t.equal(again.status, 200, "the consent page comes again");
});

t.test("pages say what they are and escape what they are given", async (t) => {
  const forgejo = await startSandboxForgejo();
  t.teardown(() => forgejo.close());
  const created = await forgejo.createApp({ name: "<script>alert(1)</script>", redirectUris: [redirectUri] });
  const app = new ForgejoApp(forgejo.url, created);
  const person = personOf(forgejo, "alice");
  const login = await person.visit(app.authorizeUrl({ state: '"><b>' }));
  t.match(login.text, "sandbox Forgejo: for tests and the demo");
  const consent = await login.submit({ fields: { user_name: "alice", password: "alice-password" } });
  t.match(consent.text, "sandbox Forgejo: for tests and the demo");
  t.notMatch(consent.html, "<script>");
  t.notMatch(consent.html, "<b>");
});
