import { setImmediate } from "node:timers/promises";
import { startSandboxForgejo } from "../../src/forgejo/sandbox-forgejo.ts";
import t from "tap";
import { api, ForgejoApp, scriptedUser } from "../../src/stack/forgejo-app.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const token = /^\/login\/oauth\/access_token$/;

t.test("500, 503, garbage and close do not process the request", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const { refresh_token } = await app.logIn(scriptedUser(forgejo, "alice"));
  for (const [mode, status] of [
    ["500", 500],
    ["503", 503],
    ["garbage", 200],
  ] as const) {
    forgejo.controls.setFault({ path: token, mode, times: 1 });
    const response = await app.refresh(refresh_token);
    t.equal(response.status, status);
    await t.rejects(response.json());
  }
  forgejo.controls.setFault({ path: token, mode: "close", times: 2 });
  await t.rejects(app.refresh(refresh_token));
  await t.rejects(app.refresh(refresh_token));
  t.equal((await app.refresh(refresh_token)).status, 200);
});

t.test("a response fault replaces the response of any path, without processing the request", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const { access_token, refresh_token } = await app.logIn(scriptedUser(forgejo, "alice"));
  const cases = [
    { mode: "502", status: 502, type: /html/, text: /Bad Gateway/ },
    { mode: "429", status: 429, type: /text/, text: /Too Many Requests/ },
    { mode: "html-page", status: 200, type: /html/, text: /<!doctype html>/ },
    {
      mode: "proxy-401",
      status: 401,
      type: /json/,
      text: /^\{"message":"Authentication is required[^"]*"\}$/,
    },
    { mode: "proxy-403", status: 403, type: /json/, text: /^\{"message":"Access from this network[^"]*"\}$/ },
  ] as const;
  for (const { mode, status, type, text } of cases) {
    forgejo.controls.setFault({ path: /./, mode });
    for (const response of [
      await app.refresh(refresh_token),
      await api(forgejo, "/version", access_token),
      await fetch(`${forgejo.url}/.well-known/openid-configuration`),
    ]) {
      t.equal(response.status, status, mode);
      t.match(response.headers.get("content-type"), type);
      t.equal(response.headers.get("retry-after"), mode === "429" ? "30" : null);
      t.match(await response.text(), text);
    }
    forgejo.controls.clearFaults();
  }
  t.equal((await app.refresh(refresh_token)).status, 200);
});

t.test("redirect-to-page redirects to an HTML page", async (t) => {
  forgejo.controls.setFault({ path: /./, mode: "redirect-to-page" });
  t.teardown(() => forgejo.controls.clearFaults());
  const url = `${forgejo.url}/api/v1/version`;
  t.equal((await fetch(url, { redirect: "manual" })).status, 302);
  const followed = await fetch(url);
  t.equal(followed.status, 200);
  t.match(followed.headers.get("content-type"), /html/);
});

t.test("drop-response rotates the token and sends no response", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const { refresh_token } = await app.logIn(scriptedUser(forgejo, "alice"));
  forgejo.controls.setFault({ path: token, mode: "drop-response", times: 1 });
  await t.rejects(app.refresh(refresh_token));
  t.match(await (await app.refresh(refresh_token)).json(), { error_description: "token was already used" });
  t.match(forgejo.controls.grantOf("alice", app.clientId), { counter: 2 });
});

t.test("late-response rotates the token and responds once the faults are cleared", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const { refresh_token } = await app.logIn(scriptedUser(forgejo, "alice"));
  forgejo.controls.setFault({ path: token, mode: "late-response" });
  const refreshed = app.refresh(refresh_token);
  while (forgejo.controls.grantOf("alice", app.clientId)?.counter !== 2) await setImmediate();
  forgejo.controls.clearFaults();
  t.equal((await refreshed).status, 200);
});

t.test("hang keeps the request open until the faults are cleared", async (t) => {
  forgejo.controls.setFault({
    path: (path, method) => path === "/api/v1/version" && method === "GET",
    mode: "hang",
  });
  const hanging = fetch(`${forgejo.url}/api/v1/version`);
  const rejected = t.rejects(hanging);
  while (forgejo.controls.waitingRequests === 0) await setImmediate();
  t.equal((await api(forgejo, "/settings/api", "")).status, 200, "other requests get a response meanwhile");
  forgejo.controls.clearFaults();
  await rejected;
  t.equal((await fetch(`${forgejo.url}/api/v1/version`)).status, 200);
});

t.test(
  "hold processes the request once the faults are cleared, also for a client that has disconnected",
  async (t) => {
    const app = await ForgejoApp.register(forgejo);
    const { refresh_token } = await app.logIn(scriptedUser(forgejo, "bob"));
    forgejo.controls.setFault({ path: token, mode: "hold" });
    const held = app.refresh(refresh_token);
    while (forgejo.controls.waitingRequests === 0) await setImmediate();
    forgejo.controls.clearFaults();
    const { refresh_token: next } = (await (await held).json()) as { refresh_token: string };

    forgejo.controls.setFault({ path: token, mode: "hold" });
    const leaving = new AbortController();
    const { clientId, clientSecret } = app;
    const fields = { grant_type: "refresh_token", refresh_token: next };
    const left = fetch(`${forgejo.url}/login/oauth/access_token`, {
      method: "POST",
      body: new URLSearchParams({ ...fields, client_id: clientId, client_secret: clientSecret }),
      signal: leaving.signal,
    });
    while (forgejo.controls.waitingRequests === 0) await setImmediate();
    leaving.abort();
    await t.rejects(left);
    // The sandbox has noticed the disconnect before it responds to the next request.
    await api(forgejo, "/version", "");
    forgejo.controls.clearFaults();
    while (forgejo.controls.grantOf("bob", clientId)?.counter !== 3) await setImmediate();
    t.match(await (await app.refresh(next)).json(), { error_description: "token was already used" });
  },
);

t.test("close() does not wait for hanging requests", async (t) => {
  const other = await startSandboxForgejo();
  other.controls.setFault({ path: /version/, mode: "hang" });
  const hanging = t.rejects(fetch(`${other.url}/api/v1/version`));
  while (other.requests.length === 0) await setImmediate();
  await other.close();
  await hanging;
});
