import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import t from "tap";
import { api, ForgejoApp, redirectUri } from "../../src/stack/forgejo-app.ts";
import { ScriptedUser } from "../../src/scripted-user/scripted-user.ts";

const main = fileURLToPath(import.meta.resolve("@fjmcp/testkit/forgejo/main"));

interface Ready {
  url: string;
  users: { id: number; name: string; password: string }[];
  app: { clientId: string; clientSecret: string };
}

t.test("runs as a process: one line when ready, controls over HTTP, exits on SIGTERM", async (t) => {
  const child = spawn(
    process.execPath,
    [main, "--redirect-uri", redirectUri, "--access-token-seconds", "1200"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const exited = once(child, "exit");
  t.teardown(() => child.kill("SIGKILL"));
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const ready = JSON.parse(line) as Ready;
  t.match(ready, { url: /^http:\/\/127\.0\.0\.1:\d+$/, users: [{ name: "alice" }, { name: "bob" }] });

  const app = new ForgejoApp(ready.url, ready.app);
  const [alice] = ready.users;
  if (alice === undefined) throw new Error("no user");
  const tokens = await app.logIn(new ScriptedUser(alice));
  t.equal(tokens.expires_in, 1200);

  const controls = (body: unknown) =>
    fetch(`${ready.url}/sandbox/controls`, { method: "POST", body: JSON.stringify(body) });
  const applied = await controls({
    accessTokenSeconds: 5,
    fault: { path: "^/login/oauth/access_token$", mode: "503", times: 1 },
  });
  t.strictSame(await applied.json(), { counts: { codeExchanges: 1, refreshes: 0, rejectedRefreshes: 0 } });
  t.equal((await app.refresh(tokens.refresh_token)).status, 503, "the fault applies once");
  t.match(await (await app.refresh(tokens.refresh_token)).json(), { expires_in: 5 });

  const rotated = (await (await controls({ rotateSecret: { clientId: app.clientId } })).json()) as object;
  t.match(rotated, { clientSecret: /^gto_/ });
  await controls({ prohibit: { user: "alice", prohibited: true }, rename: { user: "alice", to: "alicia" } });
  t.equal((await api(ready, "/user", tokens.access_token)).status, 403);
  await controls({
    userState: { user: "bob", state: "must-change-password" },
    version: null,
    addRepository: { owner: "alicia", name: "fork", isFork: true, hasIssues: false, first: true },
    counterRaceWindowMs: 0,
  });
  t.equal((await fetch(`${ready.url}/api/v1/version`)).status, 404);
  t.match(await (await fetch(`${ready.url}/api/v1/users/alicia/repos`)).json(), [{ name: "fork" }, {}]);
  await controls({ version: "1.24.0", loseCounterRace: 1 });
  t.match(await (await fetch(`${ready.url}/api/v1/version`)).json(), { version: "1.24.0" });
  await controls({ deleteUser: { user: "bob" } });
  t.equal((await fetch(`${ready.url}/api/v1/users/bob`)).status, 404);
  await controls({ deleteApp: { clientId: app.clientId } });
  t.equal((await api(ready, "/user", tokens.access_token)).status, 401);
  t.equal((await controls({ nonsense: 1 })).status, 400);
  t.equal((await controls({ rename: { user: "nobody", to: "x" } })).status, 400);
  t.match(await (await fetch(ready.url)).text(), "sandbox/controls", "the start page explains them");

  child.kill("SIGTERM");
  t.strictSame(await exited, [0, null]);
});
