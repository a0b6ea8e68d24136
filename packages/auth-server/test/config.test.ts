import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import t from "tap";
import { setUpAuthServer } from "./support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const main = join(import.meta.dirname, "../src/main.ts");

/** Not synchronous: the sandbox Forgejo of this process responds meanwhile. */
async function run(env: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { env });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit") as Promise<[number]>,
  ]);
  return { status, stdout, stderr };
}

t.test("checks a valid configuration with --check and starts nothing", async (t) => {
  const { status, stdout } = await run(setup.environment(1), "--check");
  t.match(stdout, /good/);
  t.equal(status, 0);
});

t.test("reports all configuration faults at once, without a secret, and exits with 78", async (t) => {
  const short = join(setup.directory, "short-key");
  writeFileSync(short, "short-and-secret");
  const { FJMCP_FORGEJO_CLIENT_ID: _, ...rest } = setup.environment(1, {
    FJMCP_ISSUER: "http://mcp.example.org",
    FJMCP_LISTEN: "0.0.0.0:80",
    FJMCP_METRICS_LISTEN: "0.0.0.0:9464",
    FJMCP_FORGEJO_URL: "ftp://forgejo.example.org",
    FJMCP_VAULT_KEY_FILE: short,
    FJMCP_COOKIE_KEY_FILE: "/nonexistent/key",
    FJMCP_REFRESH_GRACE_SECONDS: "-1",
    FJMCP_REFRESH_TOKEN_SECONDS: "3600",
    FJMCP_ACCESS_TOKEN_SECONDS: "86400.5",
    FJMCP_LOG_LEVEL: "loud",
    FJMCP_UNKNOWN: "1",
  });
  const { status, stderr } = await run(rest);
  t.equal(status, 78);
  for (const name of [
    "ISSUER: must be https",
    "LISTEN",
    "METRICS_LISTEN: must be a port of a loopback address",
    "FORGEJO_URL",
    "FORGEJO_CLIENT_ID: is required",
    "VAULT_KEY_FILE: must hold keys of at least 32",
    "COOKIE_KEY_FILE: /nonexistent/key cannot be read",
    "REFRESH_GRACE_SECONDS",
    "ACCESS_TOKEN_SECONDS: must be a whole number from 1 to 2592000",
    "LOG_LEVEL",
    "FJMCP_UNKNOWN: is not a setting",
  ]) {
    t.match(stderr, name);
  }
  t.notMatch(stderr, /short-and-secret/);
  const withPassword = setup.environment(1, { FJMCP_FORGEJO_URL: "https://:password@forgejo.example.org" });
  t.match(await run(withPassword), { status: 78, stderr: "FORGEJO_URL" });
  const onBlockedPort = setup.environment(1, { FJMCP_FORGEJO_URL: "https://forgejo.example.org:6000" });
  t.match(await run(onBlockedPort), { status: 78, stderr: "FORGEJO_URL: must not use port 6000" });
});

t.test("accepts no blank for an identifier or a secret", async (t) => {
  const blank = join(setup.directory, "blank");
  writeFileSync(blank, " \n");
  const faults = {
    FJMCP_FORGEJO_CLIENT_ID: ["   ", "must be one word"],
    FJMCP_FORGEJO_READ_ONLY_CLIENT_ID: [" 0123", "must be one word"],
    FJMCP_REDIS_AUTH_USERNAME: ["two words", "must be one word"],
    FJMCP_FORGEJO_CLIENT_SECRET_FILE: [blank, `${blank} is empty`],
  } as const;
  const values = Object.entries(faults).map(([name, [value]]) => [name, value]);
  const { status, stderr } = await run(setup.environment(1, Object.fromEntries(values)), "--check");
  t.equal(status, 78);
  for (const [name, [, fault]] of Object.entries(faults)) t.match(stderr, `${name}: ${fault}`);
});

t.test("ignores the session-daemon's settings in a common configuration file", async (t) => {
  const { status } = await run(
    setup.environment(1, { FJMCP_ALLOWED_ORIGINS: "https://app.example.org", FJMCP_MAX_WORKERS: "none" }),
    "--check",
  );
  t.equal(status, 0);
});

t.test("reports what is wrong with a second application, beside other faults", async (t) => {
  const { FJMCP_FORGEJO_READ_ONLY_CLIENT_ID: id } = setup.readOnlyApp.environment;
  const cases: [Record<string, string>, RegExp][] = [
    [{ FJMCP_FORGEJO_READ_ONLY_CLIENT_ID: id! }, /FJMCP_FORGEJO_READ_ONLY_CLIENT_SECRET_FILE: is required/],
    [
      {
        ...setup.readOnlyApp.environment,
        FJMCP_FORGEJO_READ_ONLY_CLIENT_ID: setup.forgejoApp.clientId,
      },
      /FJMCP_FORGEJO_READ_ONLY_CLIENT_ID: must be another application/,
    ],
    [
      { ...setup.readOnlyApp.environment, FJMCP_FORGEJO_READ_ONLY_SCOPE: "read:user write:issue" },
      /FJMCP_FORGEJO_READ_ONLY_SCOPE: must hold no write scope/,
    ],
    [
      { ...setup.readOnlyApp.environment, FJMCP_FORGEJO_READ_ONLY_SCOPE: "read:user read:issue" },
      /FJMCP_FORGEJO_READ_ONLY_SCOPE: must read all that FJMCP_FORGEJO_SCOPE reads/,
    ],
    [
      { FJMCP_FORGEJO_READ_ONLY_SCOPE: "read:user read:issue" },
      /FJMCP_FORGEJO_READ_ONLY_SCOPE: is used only with FJMCP_FORGEJO_READ_ONLY_CLIENT_ID/,
    ],
  ];
  for (const [more, fault] of cases) {
    const { status, stderr } = await run(
      setup.environment(1, { ...more, FJMCP_LOG_LEVEL: "loud" }),
      "--check",
    );
    t.match({ status, stderr }, { status: 78, stderr: fault });
    t.match(stderr, /2 faults/);
  }
});

t.test("reports another vault key or Forgejo application as a configuration fault", async (t) => {
  const process = await setup.spawn();
  await process.process.end();
  await setup.admin.set("upstream:app:1", "an account's tokens");
  const key = join(setup.directory, "another-key");
  writeFileSync(key, "another vault key of more than 32 characters");
  const app = await setup.forgejo.createApp({
    name: "another",
    redirectUris: [`${setup.issuer}/oauth/callback`],
  });
  const secret = join(setup.directory, "another-secret");
  writeFileSync(secret, app.clientSecret);
  const other = {
    FJMCP_VAULT_KEY_FILE: key,
    FJMCP_FORGEJO_CLIENT_ID: app.clientId,
    FJMCP_FORGEJO_CLIENT_SECRET_FILE: secret,
  };
  const { status, stderr } = await run(setup.environment(1, other));
  t.equal(status, 78);
  t.equal(stderr.match(/"start\.fault"/g)?.length, 2);
  const lost = /FJMCP_VAULT_DISCARD=(\S+?):/.exec(stderr)?.[1] ?? "";
  await setup.spawn({ ...other, FJMCP_VAULT_DISCARD: lost });
  rmSync(key);
  rmSync(secret);
  await setup.admin.del("installation", "upstream:app:1");
});

t.test("exits with 0 at SIGTERM and starts again on the same sockets", async (t) => {
  const first = await setup.spawn();
  t.match(await first.process.end(), { code: 0, signal: null });
  const again = await setup.serve();
  t.equal((await fetch(`${again}/`)).status, 200);
  rmSync(join(setup.directory, "short-key"));
});

t.test("reports each socket that two settings name, and exits with 78", async (t) => {
  const env = setup.environment(1);
  const socket = env.FJMCP_IPC_SOCKET!;
  const { status, stderr } = await run({
    ...env,
    FJMCP_CONTROL_SOCKET: socket,
    FJMCP_ADMIN_SOCKET: socket,
    FJMCP_LISTEN: `unix:${socket}`,
  });
  t.equal(status, 78);
  for (const name of ["CONTROL_SOCKET", "ADMIN_SOCKET", "LISTEN"])
    t.match(stderr, `  FJMCP_${name}: ${socket} is also FJMCP_IPC_SOCKET: each needs a socket of its own\n`);
});

t.test("says why the default of a setting does not suit another setting", async (t) => {
  const { stderr } = await run(setup.environment(1, { FJMCP_ACCESS_TOKEN_SECONDS: "2592000" }));
  t.match(stderr, "FJMCP_REFRESH_TOKEN_SECONDS: must be more than FJMCP_ACCESS_TOKEN_SECONDS");
});
