import { setImmediate } from "node:timers/promises";
import { startSandboxForgejo } from "../../src/forgejo/sandbox-forgejo.ts";
import t from "tap";
import { api, ForgejoApp, personOf } from "../support/forgejo-app.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const token = /^\/login\/oauth\/access_token$/;

t.test("5xx, garbage and a closed connection do nothing else", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const { refresh_token } = await app.logIn(personOf(forgejo, "alice"));
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

t.test("drop-response rotates the token and tells nobody", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const { refresh_token } = await app.logIn(personOf(forgejo, "alice"));
  forgejo.controls.setFault({ path: token, mode: "drop-response", times: 1 });
  await t.rejects(app.refresh(refresh_token));
  t.match(await (await app.refresh(refresh_token)).json(), { error_description: "token was already used" });
  t.match(forgejo.controls.grantOf("alice", app.clientId), { counter: 2 });
});

t.test("late-response rotates the token and tells it once the faults are cleared", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const { refresh_token } = await app.logIn(personOf(forgejo, "alice"));
  forgejo.controls.setFault({ path: token, mode: "late-response" });
  const refreshed = app.refresh(refresh_token);
  while (forgejo.controls.grantOf("alice", app.clientId)?.counter !== 2) await setImmediate();
  forgejo.controls.clearFaults();
  t.equal((await refreshed).status, 200);
});

t.test("hang lasts until the faults are cleared", async (t) => {
  forgejo.controls.setFault({
    path: (path, method) => path === "/api/v1/version" && method === "GET",
    mode: "hang",
  });
  const hanging = fetch(`${forgejo.url}/api/v1/version`);
  const refused = t.rejects(hanging);
  while (!forgejo.requests.some(({ path }) => path === "/api/v1/version")) await setImmediate();
  t.equal((await api(forgejo, "/settings/api", "")).status, 200, "others are answered meanwhile");
  forgejo.controls.clearFaults();
  await refused;
  t.equal((await fetch(`${forgejo.url}/api/v1/version`)).status, 200);
});

t.test("hold does the work once the faults are cleared, also for somebody who has left", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const { refresh_token } = await app.logIn(personOf(forgejo, "bob"));
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
  // Its connection has been seen to close before the next one's answer comes.
  await api(forgejo, "/version", "");
  forgejo.controls.clearFaults();
  while (forgejo.controls.waitingRequests > 0) await setImmediate();
  await api(forgejo, "/version", "");
  t.match(await (await app.refresh(next)).json(), { error_description: "token was already used" });
});

t.test("closing the sandbox does not wait for what hangs", async (t) => {
  const other = await startSandboxForgejo();
  other.controls.setFault({ path: /version/, mode: "hang" });
  const hanging = t.rejects(fetch(`${other.url}/api/v1/version`));
  while (other.requests.length === 0) await setImmediate();
  await other.close();
  await hanging;
});
