import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { childrenOf, isRunning } from "@fjmcp/testkit/process/process-children";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import t from "tap";
import {
  caller,
  failure,
  forgejoToken,
  givesToken,
  keptLog,
  lasting,
  runPool,
  toolText,
  useTool,
} from "../../support/run-pool.ts";

const who = caller();
const never = new AbortController().signal;

t.test(
  "the initialise result is the child's without capabilities that are not forwarded, and is kept",
  async (t) => {
    let asked = 0;
    const { pool } = runPool(
      t,
      { command: childCommand("echo") },
      {
        upstreamTokens: async (token, signal) => {
          asked++;
          t.equal(token, who.accessToken);
          return givesToken(token, signal);
        },
      },
    );
    const [one, two] = await Promise.all([
      pool.initializeResult(who, never),
      pool.initializeResult(who, never),
    ]);
    t.equal(one, two);
    t.same(one, {
      protocolVersion: "2025-11-25",
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        logging: {},
      },
      serverInfo: { name: "stub-echo", version: "1.0.0" },
    });
    t.equal(asked, 1);
    t.same(pool.liveGrants(), [who.grantId]);
    t.equal(await pool.initializeResult(who, never), one);
    t.equal(pool.counts().live, 1);
  },
);

t.test("an aborted initialise does not affect the others", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") });
  const abort = new AbortController();
  const aborted = pool.initializeResult(who, abort.signal);
  const other = pool.initializeResult(who, never);
  abort.abort(new Error("given up"));
  await t.rejects(aborted, { message: "given up" });
  t.ok(await other);
});

t.test("calls wait while the worker starts", async (t) => {
  const { pool } = runPool(t, { command: childCommand("slow", "--start-ms", "300", "--call-ms", "0") });
  const calls = [1, 2, 3].map((index) => useTool(pool, who, "echo", { index }));
  t.equal(pool.counts().waiting, 3);
  for (const call of calls) t.ok(await toolText(call));
  t.equal(pool.counts().waiting, 0);
});

for (const at of ["start", "initialize"]) {
  t.test(`a child that exits at ${at} gives a clear error, backs off, and recovers`, async (t) => {
    const countFile = join(temporaryDirectory(t), "starts");
    const starts = () => readFileSync(countFile, "utf8").length;
    const command = childCommand("crash", "--at", at, "--times", "2", "--count-file", countFile);
    const startsAtMs: number[] = [];
    const { pool } = runPool(
      t,
      { command },
      {
        upstreamTokens: async () => {
          startsAtMs.push(performance.now());
          return lasting(3600);
        },
      },
    );
    const errors = await Promise.all([1, 2, 3].map(() => failure(useTool(pool, who, "echo").text)));
    for (const error of errors) {
      t.equal(error.kind, "failed");
      t.match(error.message, /could not be started: it ended while starting\. .*Reference: \w{10}/);
    }
    t.equal(starts(), 1, "one start for all that waited");
    await waitUntil("a good start", () =>
      Promise.any(Array.from({ length: 50 }, () => useTool(pool, who, "echo").text)).catch(() => undefined),
    );
    t.equal(starts(), 3);
    const [first = 0, second = 0, third = 0] = startsAtMs;
    t.ok(
      second - first >= 250 && third - second >= 500,
      `no start while backing off: ${startsAtMs.join(" ")}`,
    );
  });
}

t.test("a child that never responds to initialize is ended", async (t) => {
  const { pool } = runPool(t, { command: childCommand("silent") }, { startTimeoutMs: 700 });
  const error = await failure(pool.initializeResult(who, never));
  t.match(error.message, /did not get ready within 0\.7 s/);
  t.same(pool.counts(), { live: 0, idle: 0, waiting: 0 });
});

t.test("a missing program or one that is no MCP server fails the start", async (t) => {
  const missing = runPool(t, { command: "/nowhere/to/be/found" });
  t.match((await failure(useTool(missing.pool, who, "echo").text)).message, /could not be started/);
  const wrong = runPool(t, { command: childCommand("garbage", "--only") }, { startTimeoutMs: 700 });
  t.match((await failure(useTool(wrong.pool, who, "echo").text)).message, /could not be started/);
});

t.test("an access token that the auth-server rejects fails the call as rejected", async (t) => {
  for (const status of ["invalid_token", "login_required"] as const) {
    for (const command of [childCommand("echo"), "/nowhere/to/be/found"]) {
      const { pool } = runPool(t, { command }, { upstreamTokens: async () => ({ status }) });
      const error = await failure(useTool(pool, who, "echo").text);
      t.equal(error.kind, "token_rejected");
      t.equal((await failure(pool.initializeResult(who, never))).kind, "token_rejected");
    }
  }
});

t.test("an unavailable upstream fails the call with the time to try again", async (t) => {
  const { pool } = runPool(
    t,
    { command: childCommand("echo") },
    { upstreamTokens: async () => ({ status: "unavailable", retryAfterSec: 7 }) },
  );
  const error = await failure(useTool(pool, who, "echo").text);
  t.equal(error.kind, "failed");
  t.match(error.message, /try again in 7 s/);
});

t.test("a start waits for an auth-server that restarts", async (t) => {
  let asked = 0;
  const { pool } = runPool(
    t,
    { command: childCommand("echo") },
    {
      upstreamTokens: async () => {
        if (++asked < 3) throw new Error("no process listens");
        return lasting(3600);
      },
    },
  );
  t.ok(await toolText(useTool(pool, who, "echo")));
  t.equal(asked, 3);
});

t.test("an auth-server that stays away fails the call, with nothing of the cause", async (t) => {
  const { pool } = runPool(
    t,
    { command: childCommand("echo") },
    { startTimeoutMs: 300, upstreamTokens: () => Promise.reject(new Error("canary")) },
  );
  const error = await failure(useTool(pool, who, "echo").text);
  t.match(error.message, /try again/);
  t.notMatch(error.message, /canary/);
});

t.test("the stderr of a starting child is logged without its token", async (t) => {
  const { log, lines } = keptLog();
  const { pool } = runPool(
    t,
    { command: childCommand("leaky", "--secret-env", "TOKEN"), env: "TOKEN={token}" },
    { log },
  );
  await useTool(pool, who, "leak").text;
  await waitUntil("the line", () => lines.some((line) => line.includes("using token [redacted]")));
  t.notMatch(lines.join(""), new RegExp(forgejoToken));
});

t.test("a runtime folder that is not writable fails the start and leaves no process", async (t) => {
  const pidFile = join(temporaryDirectory(t), "family.json");
  const { pool, runtimeDir } = runPool(t, { command: childCommand("ignore-signals", "--pid-file", pidFile) });
  rmSync(join(runtimeDir, "process-groups"), { recursive: true });
  t.match((await failure(useTool(pool, who, "echo").text)).message, /failed to start/);
  t.same(pool.counts(), { live: 0, idle: 0, waiting: 0 });
  await waitUntil("no child is left", () => childrenOf(process.pid).length === 0);
  // It may have started its own child before it was ended, with its process group.
  const pids = existsSync(pidFile)
    ? Object.values(JSON.parse(readFileSync(pidFile, "utf8")) as Record<string, number>)
    : [];
  await waitUntil("no child of it is left", () => !pids.some(isRunning));
});

t.test("a rejected access token fails the calls that came with it, and no others", async (t) => {
  const asked: string[] = [];
  const { pool } = runPool(
    t,
    { command: childCommand("echo") },
    {
      upstreamTokens: async (accessToken) => {
        asked.push(accessToken);
        return accessToken === "old" ? { status: "invalid_token" } : lasting(3600);
      },
    },
  );
  const withToken = (accessToken: string) => ({ ...caller(), accessToken });
  const calls = ["old", "new", "old"].map((token) => useTool(pool, withToken(token), "echo", { token }));
  t.equal((await failure(calls[0]!.text)).kind, "token_rejected");
  t.equal((await failure(calls[2]!.text)).kind, "token_rejected");
  t.equal(await toolText(calls[1]!), '{"token":"new"}');
  t.strictSame(asked, ["old", "new"]);
});
