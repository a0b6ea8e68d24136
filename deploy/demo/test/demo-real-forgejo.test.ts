import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { freePort } from "@fjmcp/testkit/process/free-port";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { startDemo } from "./support/start-demo.ts";

// To the demo this sandbox, started elsewhere, is as good as a real Forgejo: it knows only URL, client and secret.
const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const alice = forgejo.users[0]!;

async function forgejoArguments(t: Test, changes: { secret?: string; url?: string } = {}) {
  const dir = temporaryDirectory(t);
  const listen = `127.0.0.1:${await freePort()}`;
  const app = await forgejo.createApp({ name: "fjmcp", redirectUris: [`http://${listen}/oauth/callback`] });
  writeFileSync(join(dir, "secret"), `${changes.secret ?? app.clientSecret}\n`);
  writeFileSync(join(dir, "password"), `${alice.password}\n`);
  return {
    connect: [
      "--listen",
      listen,
      "--forgejo",
      changes.url ?? forgejo.url,
      "--client-id",
      app.clientId,
      "--client-secret-file",
      join(dir, "secret"),
    ],
    login: ["--login", alice.name, "--password-file", join(dir, "password")],
  };
}

t.test("signs in with the given login", async (t) => {
  const { connect, login } = await forgejoArguments(t);
  const demo = startDemo(t, ["--json", ...connect, ...login]);
  t.equal(await demo.exit, 0, demo.stderr.join("\n"));
  t.match(
    demo.events().find(({ event }) => event === "ready"),
    { forgejo: { url: forgejo.url, users: [{ name: alice.name, password: alice.password }] } },
  );
});

t.test("without a login it prints the URL to stderr and waits for the user", async (t) => {
  const { connect } = await forgejoArguments(t);
  const demo = startDemo(t, ["--json", ...connect]);
  const line = await waitUntil(
    "the authorize URL",
    () => demo.stderr.find((text) => text.includes("/oauth/authorize?")),
    { timeoutMs: 60_000 },
  );
  const user = new ScriptedUser(alice);
  const redirect = await user.signInAndAllow(line.trim(), {
    stopAt: ({ pathname }) => pathname === "/callback",
    toolsets,
  });
  t.match(await (await fetch(redirect)).text(), "You can close this window");
  t.equal(await demo.exit, 0, demo.stderr.join("\n"));
  t.match(demo.events().at(-1), { event: "ready", forgejo: { users: [] } });
  t.match(demo.stderr.join("\n"), /If your browser ends at a 127\.0\.0\.1 address[^]*curl 'THAT ADDRESS'/);
});

t.test("a failed step reports the error and where the logs are", async (t) => {
  const { connect, login } = await forgejoArguments(t, { secret: "wrong" });
  const demo = startDemo(t, ["--json", ...connect, ...login]);
  t.equal(await demo.exit, 1);
  t.match(demo.events().at(-1), {
    event: "step",
    name: "daemons",
    ok: false,
    error: /FJMCP_FORGEJO_CLIENT_SECRET_FILE: [^]*rejects/,
  });
});

t.test("an unreachable Forgejo fails the forgejo step", async (t) => {
  const { connect } = await forgejoArguments(t, { url: `http://127.0.0.1:${await freePort()}` });
  const demo = startDemo(t, connect);
  t.equal(await demo.exit, 1);
  t.match(demo.stdout.join("\n"), /✗ forgejo +\d+ ms {2}.*ECONNREFUSED/);
});
