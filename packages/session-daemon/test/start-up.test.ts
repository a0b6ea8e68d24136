import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import t from "tap";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { fastStart } from "@fjmcp/testkit/stack/fast-start";
import { startProcess } from "@fjmcp/testkit/process/managed-process";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { bubblewrapMissing } from "./support/bubblewrap.ts";
import { startSessionDaemon } from "./support/running-daemon.ts";

const main = join(import.meta.dirname, "../src/main.ts");
const forgejo = createServer((_, res) => res.end(JSON.stringify({ version: "16.0.0+gitea-1.22.0" })));
forgejo.listen(0, "127.0.0.1");
await once(forgejo, "listening");
t.teardown(() => {
  forgejo.close();
  forgejo.closeAllConnections();
});
const daemon = await startSessionDaemon(t, {
  FJMCP_FORGEJO_URL: `http://127.0.0.1:${(forgejo.address() as AddressInfo).port}`,
  FJMCP_CHILD_COMMAND: `${childCommand("echo")} --timeout {timeout}`,
  FJMCP_FORGEJO_TIMEOUT_SECONDS: "2.5",
});

async function run(env: Record<string, string>, ...args: string[]) {
  const {
    command,
    arguments: argv,
    env: variables,
  } = fastStart({
    name: "session-daemon",
    command: process.execPath,
    arguments: [main, ...args],
    env: { ...daemon.env, ...env },
    logFile: "",
    isReady: () => false,
  });
  const child = spawn(command, argv, { env: variables });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit") as Promise<[number]>,
  ]);
  return { output, errors, code };
}

t.test("/health names Redis, the auth-server and Forgejo, each with its reason", async (t) => {
  t.match(await daemon.health(), {
    status: "ok",
    redis: { status: "ok" },
    authServer: { status: "ok" },
    forgejo: { status: "ok" },
    sandbox: { kind: "none", reason: "FJMCP_SANDBOX is none" },
    workers: { live: 0 },
    streams: 0,
  });
  await daemon.redis.config("SET", "maxmemory", "1");
  t.match(await daemon.health(), { status: "degraded", redis: { status: "full", reason: "OOM" } });
  await daemon.redis.config("SET", "maxmemory", "0");
  await daemon.redis.config("SET", "min-replicas-to-write", "1");
  t.match(await daemon.health(), {
    status: "degraded",
    redis: { status: "read_only", reason: "NOREPLICAS" },
  });
  await daemon.redis.config("SET", "min-replicas-to-write", "0");
  t.equal((await daemon.health()).status, "ok");
});

t.test(
  "an auth-server with another issuer is an error in the log and at /health, and a fault of --check",
  async (t) => {
    const { issuer } = daemon.authServer;
    daemon.authServer.issuer = "https://other.example.org";
    t.match(await daemon.health(), {
      status: "degraded",
      authServer: { status: "misconfigured", reason: "https://other.example.org" },
    });
    await waitUntil("it should log the other issuer", async () =>
      /"level":"error".*"event":"peer\.other_issuer"/.test(await daemon.log()),
    );
    const { code, output } = await run({}, "--check");
    t.equal(code, 78);
    t.match(output, /^fault: FJMCP_ISSUER is .* https:\/\/other\.example\.org in the auth-server/m);
    daemon.authServer.issuer = issuer;
    t.equal((await daemon.health()).status, "ok");
  },
);

t.test("--check reports each finding on a line", async (t) => {
  const { code, output } = await run({}, "--check");
  t.equal(code, 0, output);
  for (const finding of [
    /^ok: Redis 7\S* accepts fjmcp-session-daemon/m,
    /^ok: the MCP server \S+ is executable$/m,
    /^ok: Forgejo responds$/m,
    /^ok: the auth-server responds and has the same issuer$/m,
    /^The configuration is good\.$/m,
  ])
    t.match(output, finding);
});

t.test("--check and the start exit 78 with every cause on its line, without a stack", async (t) => {
  const wrong = {
    FJMCP_CHILD_COMMAND: "no-such-program --url {url}",
    FJMCP_RUNTIME_DIR: "/nonexistent/run",
    FJMCP_MCP_SOCKET: "/nonexistent/mcp.sock",
    FJMCP_REDIS_SESSION_PASSWORD_FILE: daemon.redisServer.authServer.passwordFile,
  };
  for (const args of [["--check"], []]) {
    const { code, output, errors } = await run(wrong, ...args);
    t.equal(code, 78);
    for (const cause of [
      /FJMCP_CHILD_COMMAND: there is no executable no-such-program on PATH/,
      /FJMCP_RUNTIME_DIR: \/nonexistent\/run is not a folder/,
      /FJMCP_MCP_SOCKET: The folder of \/nonexistent\/mcp\.sock does not exist/,
      /FJMCP_REDIS_SESSION_PASSWORD_FILE: Redis rejects the user fjmcp-session-daemon or its password \(WRONGPASS/,
    ])
      t.match(output + errors, cause);
    t.notMatch(output + errors, /\n\s+at |"ready"/);
  }
  const file = join(import.meta.dirname, "start-up.test.ts");
  t.match(await run({ FJMCP_CHILD_COMMAND: file }, "--check"), {
    code: 78,
    output: "is not an executable file",
  });
});

t.test(
  "--check and the start say what workers run in; a required sandbox that does not work exits 78",
  async (t) => {
    const withoutBwrap = { PATH: "/nonexistent" };
    const required = { ...withoutBwrap, FJMCP_SANDBOX: "required" };
    for (const args of [["--check"], []]) {
      const { code, output, errors } = await run(required, ...args);
      t.equal(code, 78);
      t.match(
        output + errors,
        "FJMCP_SANDBOX is required, but bubblewrap is not installed: no bwrap on PATH",
      );
    }
    t.match(await run({ ...withoutBwrap, FJMCP_SANDBOX: "auto" }, "--check"), {
      code: 0,
      output: /^warning: MCP server processes run without a sandbox: bubblewrap is not installed/m,
    });
    t.match(await run({}, "--check"), {
      code: 0,
      output: /^ok: MCP server processes run without a sandbox: FJMCP_SANDBOX is none$/m,
    });
    t.match(await daemon.log(), /"event":"sandbox.chosen","sandbox":"none","reason":"FJMCP_SANDBOX is none"/);
  },
);

t.test("--check finds the sandbox that works", { skip: bubblewrapMissing ?? false }, async (t) => {
  t.match(await run({ FJMCP_SANDBOX: "required" }, "--check"), {
    code: 0,
    output: /^ok: each MCP server process runs in bubblewrap: \/\S+ works$/m,
  });
  const ownPath = { FJMCP_SANDBOX: "required", FJMCP_CHILD_ENV: "TOKEN={token} PATH=/nonexistent" };
  t.match(
    await run(ownPath, "--check"),
    { code: 0, output: /runs in bubblewrap/ },
    "whatever PATH the child has",
  );
});

t.test(
  "a program that is not the pinned one is a fault, and so is a path of the daemon's for children",
  async (t) => {
    const runtimeDir = daemon.env.FJMCP_RUNTIME_DIR ?? "";
    const { code, output } = await run(
      {
        FJMCP_CHILD_SHA256: "0".repeat(64),
        FJMCP_SANDBOX_READ: `/nonexistent:${join(runtimeDir, "..")}:/usr/share`,
      },
      "--check",
    );
    t.equal(code, 78);
    for (const cause of [
      /^fault: FJMCP_CHILD_SHA256: \S+ has the SHA-256 [0-9a-f]{64}$/m,
      /^fault: FJMCP_SANDBOX_READ: \/nonexistent does not exist$/m,
      new RegExp(`^fault: FJMCP_SANDBOX_READ: \\S+ contains ${runtimeDir}, which is the daemon's$`, "m"),
    ])
      t.match(output, cause);
    const sha256 = createHash("sha256").update(readFileSync(process.execPath)).digest("hex");
    t.match(await run({ FJMCP_CHILD_SHA256: sha256 }, "--check"), {
      code: 0,
      output: "has the pinned SHA-256",
    });
  },
);

t.test("a child's environment without {token} is a fault", async (t) => {
  for (const env of ["OTHER=value", "TOKEN={tokn}"])
    t.match(await run({ FJMCP_CHILD_ENV: env }, "--check"), {
      code: 78,
      errors: /FJMCP_CHILD_ENV: must pass \{token\}/,
    });
});

t.test("waits for Redis, says so once, and is ready after it; SIGTERM ends the wait", async (t) => {
  const folder = temporaryDirectory(t);
  await daemon.redisServer.kill("SIGKILL");
  t.match(await run({}, "--check"), { code: 78, output: "fault: FJMCP_REDIS: Redis does not respond" });
  const start = (name: string) =>
    startProcess(
      fastStart({
        name: "session-daemon",
        command: process.execPath,
        arguments: [main],
        env: {
          ...daemon.env,
          FJMCP_MCP_SOCKET: join(folder, "mcp.sock"),
          FJMCP_CONTROL_SOCKET: join(folder, "control.sock"),
          FJMCP_RUNTIME_DIR: folder,
        },
        logFile: join(folder, name),
        isReady: (log) => log.includes('"redis.awaited"'),
        startTimeoutMs: 60_000,
      }),
    );
  const stopped = await start("stopped.log");
  t.match(await stopped.end(60_000), { code: 0 });
  t.notMatch(readFileSync(stopped.logFile, "utf8"), /"ready"|"fatal"/);
  const waiting = await start("waiting.log");
  const log = () => readFileSync(waiting.logFile, "utf8");
  t.notMatch(log(), /"ready"/);
  await daemon.redisServer.start();
  await waitUntil("it should be ready", () => log().includes('"msg":"ready"'), { timeoutMs: 60_000 });
  t.equal(log().match(/"redis\.awaited"/g)?.length, 1);
  t.match(await waiting.end(60_000), { code: 0 });
});

t.test("rejects an unknown option with its usage, and 64", async (t) => {
  const { code, errors } = await run({}, "--chek");
  t.equal(code, 64);
  t.match(errors, /^session-daemon: Unknown option '--chek'\.\n\nUsage: session-daemon/);
});
