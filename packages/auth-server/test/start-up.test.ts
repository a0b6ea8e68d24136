import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { authServerHealth, healthPath, identityPath, identityResponse } from "@fjmcp/shared/ipc/health";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { fastStart } from "@fjmcp/testkit/stack/fast-start";
import { startProcess } from "@fjmcp/testkit/process/managed-process";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { setUpAuthServer } from "./support/auth-server-setup.ts";
import { runToEnd } from "./support/run-to-end.ts";

const setup = await setUpAuthServer(t);
const main = join(import.meta.dirname, "../src/main.ts");
const file = (name: string, text: string) => {
  writeFileSync(join(setup.directory, name), text);
  return join(setup.directory, name);
};

const run = (env: Record<string, string>, ...args: string[]) => runToEnd(setup, env, ...args);

const start = (port: number, more: Record<string, string>, isReady: (log: string) => boolean) =>
  startProcess(
    fastStart({
      name: "auth-server",
      command: process.execPath,
      arguments: [main],
      env: setup.environment(port, {
        FJMCP_LISTEN: `unix:${join(setup.directory, `listen-${port}.sock`)}`,
        ...more,
      }),
      logFile: join(setup.directory, `start-${port}.log`),
      isReady,
      startTimeoutMs: 60_000,
    }),
  );

const isReady = (log: string) => log.includes('"msg":"ready"');

const health = (socketPath: string) =>
  callIpc({ socketPath, path: healthPath, schema: authServerHealth, timeoutMs: 60_000 });

t.test("--check reports each finding on a line and changes nothing in Redis", async (t) => {
  const { code, output } = await run({}, "--check");
  t.equal(code, 0);
  t.match(output, /^ok: Redis 7\S* accepts fjmcp-auth-server/m);
  t.match(output, /^warning: FJMCP_REDIS: .*appendonly no/m);
  t.match(output, /^ok: Forgejo responds and accepts the client id and secret$/m);
  t.match(output, /^warning: FJMCP_CONTROL_SOCKET: the session-daemon does not respond/m);
  t.match(output, /^The configuration is good\.$/m);
  t.equal(await setup.admin.dbsize(), 0);
});

t.test(
  "--check and the start exit 78 with every cause on its line, without a stack or a secret",
  async (t) => {
    setup.forgejo.controls.setVersion("16.0.0+gitea-1.22.0");
    const wrong = {
      FJMCP_FORGEJO_CLIENT_SECRET_FILE: file("wrong-secret", "gto_wrong"),
      FJMCP_IPC_SOCKET: "/nonexistent/ipc.sock",
    };
    for (const args of [["--check"], []]) {
      const { code, output } = await run(wrong, ...args);
      t.equal(code, 78);
      t.match(output, /FJMCP_FORGEJO_CLIENT_SECRET_FILE: \S+ rejects the secret of the application/);
      t.match(output, /FJMCP_IPC_SOCKET: The folder of \/nonexistent\/ipc\.sock does not exist/);
      t.notMatch(output, /gto_wrong|\n\s+at |"ready"/);
    }
  },
);

t.test("exits 78 for each thing that is wrong", async (t) => {
  const cases: [Record<string, string>, RegExp][] = [
    [
      { FJMCP_REDIS_AUTH_PASSWORD_FILE: file("wrong-password", "wrong") },
      /FJMCP_REDIS_AUTH_PASSWORD_FILE: .*WRONGPASS/,
    ],
    [
      {
        FJMCP_REDIS_AUTH_USERNAME: "fjmcp-session-daemon",
        FJMCP_REDIS_AUTH_PASSWORD_FILE: setup.redis.sessionDaemon.passwordFile,
      },
      /FJMCP_REDIS_AUTH_USERNAME: fjmcp-session-daemon may not run/,
    ],
    [
      { FJMCP_FORGEJO_CLIENT_ID: "11111111-1111-1111-1111-111111111111" },
      /FJMCP_FORGEJO_CLIENT_ID: \S+ has no application/,
    ],
  ];
  const runs = await Promise.all(cases.map(([env]) => run(env)));
  for (const [i, [, expected]] of cases.entries()) t.match(runs[i], { code: 78, output: expected });
  t.teardown(() => setup.forgejo.controls.setVersion("16.0.0+gitea-1.22.0"));
  setup.forgejo.controls.setVersion("8.0.0+gitea-1.22.0");
  t.match(await run({}), { code: 78, output: /FJMCP_FORGEJO_URL: \S+ reports version 8\.0\.0/ });
});

t.test(
  "serves while Forgejo is away, with a warning, and names it at /health until it is back",
  async (t) => {
    setup.forgejo.controls.setFault({ path: /./, mode: "503" });
    const server = await start(3, {}, (log) => log.includes('"ready"'));
    t.teardown(() => server.end());
    const log = readFileSync(server.logFile, "utf8");
    t.match(log, /"level":"warn".*"event":"start\.warning".*FJMCP_FORGEJO_URL/);
    const socket = setup.environment(3).FJMCP_IPC_SOCKET!;
    t.match(await health(socket), {
      status: "degraded",
      issuer: setup.issuer,
      redis: { status: "ok" },
      forgejo: { status: "away", reason: "503" },
      sessionDaemon: { status: "away" },
    });
    setup.forgejo.controls.clearFaults();
    t.same((await health(socket)).forgejo, { status: "ok" });
    setup.forgejo.controls.rotateSecret(setup.forgejoApp.clientId);
    t.match((await health(socket)).forgejo, {
      status: "misconfigured",
      reason: "FJMCP_FORGEJO_CLIENT_SECRET_FILE",
    });
    await setup.admin.config("SET", "maxmemory", "1");
    t.match((await health(socket)).redis, { status: "full" });
    await setup.admin.config("SET", "maxmemory", "0");
    t.match(
      await callIpc({ socketPath: socket, path: identityPath, schema: identityResponse, timeoutMs: 60_000 }),
      {
        daemon: "auth-server",
        issuer: setup.issuer,
      },
    );
    await server.end();
  },
);

t.test("logs another issuer in the session-daemon as an error", async (t) => {
  const control = createServer((_, res) =>
    res.end(JSON.stringify({ daemon: "session-daemon", version: "1", issuer: "https://other.example.org" })),
  ).listen(join(setup.directory, "control.sock"));
  await once(control, "listening");
  t.teardown(() => control.close());
  const fresh = setup.forgejo.controls.rotateSecret(setup.forgejoApp.clientId);
  const secret = { FJMCP_FORGEJO_CLIENT_SECRET_FILE: file("fresh-secret", fresh) };
  t.match(await run(secret, "--check"), {
    code: 78,
    output: /^fault: FJMCP_ISSUER is .* and https:\/\/other/m,
  });
  const process = await start(4, secret, isReady);
  await waitUntil("it should log the other issuer", () =>
    /"level":"error".*"event":"peer\.other_issuer".*https:\/\/other/.test(
      readFileSync(process.logFile, "utf8"),
    ),
  );
  const second = await run({ ...secret, FJMCP_COOKIE_KEY_FILE: file("other-cookie-key", "c".repeat(40)) });
  t.match(second, {
    code: 78,
    output: /FJMCP_COOKIE_KEY_FILE: its first key is not one of another auth-server/,
  });
  await process.end();
});

t.test("waits for Redis, says so once, and is ready after it", async (t) => {
  await setup.redis.kill("SIGKILL");
  const port = 2;
  const secret = {
    FJMCP_FORGEJO_CLIENT_SECRET_FILE: join(setup.directory, "fresh-secret"),
  };
  t.match(await run(secret, "--check"), {
    code: 78,
    output: /^fault: FJMCP_REDIS: Redis does not respond \(.*\)/m,
  });
  const waiting = await start(port, secret, (log) => log.includes('"redis.awaited"'));
  t.notMatch(readFileSync(waiting.logFile, "utf8"), /"ready"/);
  await setup.redis.start();
  const log = () => readFileSync(waiting.logFile, "utf8");
  await waitUntil("it should be ready", () => log().includes('"msg":"ready"'), { timeoutMs: 60_000 });
  t.equal(log().match(/"redis\.awaited"/g)?.length, 1);
  t.match(await waiting.end(60_000), { code: 0 });

  await setup.redis.kill("SIGKILL");
  const stopped = await start(port, secret, (text) => text.includes('"redis.awaited"'));
  t.match(await stopped.end(60_000), { code: 0 }, "SIGTERM ends the wait");
  await setup.redis.start();
});

t.test("waits for a Redis that is full, and is ready once it accepts writes", async (t) => {
  await setup.admin.config("SET", "maxmemory", "1");
  t.teardown(() => setup.admin.config("SET", "maxmemory", "0"));
  const secret = { FJMCP_FORGEJO_CLIENT_SECRET_FILE: join(setup.directory, "fresh-secret") };
  const waiting = await start(5, secret, (log) => log.includes('"redis.awaited"'));
  const log = () => readFileSync(waiting.logFile, "utf8");
  t.match(log(), "Redis accepts no writes; waiting for it before serving");
  t.notMatch(log(), '"ready"');
  await setup.admin.config("SET", "maxmemory", "0");
  await waitUntil("it should be ready", () => isReady(log()), { timeoutMs: 60_000 });
  t.match(await waiting.end(60_000), { code: 0 });
});

t.test("exits 78 when its address is in use, and leaves nothing behind in Redis", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  t.teardown(() => other.close());
  const { port } = other.address() as AddressInfo;
  const secret = { FJMCP_FORGEJO_CLIENT_SECRET_FILE: join(setup.directory, "fresh-secret") };
  const { code, output } = await run({ ...secret, FJMCP_LISTEN: `127.0.0.1:${port}` });
  t.equal(code, 78);
  t.match(output, /"msg":"FJMCP_LISTEN: Cannot listen \(.*EADDRINUSE.*\)\. Stop the other process/);
  t.notMatch(output, /\n\s+at /);
  t.same(await setup.admin.zrange("auth-servers", "0", "-1"), []);
});

t.test("rejects an unknown option with its usage", async (t) => {
  const { status, stderr } = spawnSync(process.execPath, [main, "--chek"], {
    env: setup.environment(1),
    encoding: "utf8",
    timeout: 20_000,
  });
  t.equal(status, 64);
  t.match(stderr, /^auth-server: Unknown option '--chek'\.\n\nUsage: auth-server/);
});
