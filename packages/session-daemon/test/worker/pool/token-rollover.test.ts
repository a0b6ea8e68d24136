import { setTimeout as delay } from "node:timers/promises";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { readProcess } from "../../../src/worker/process/process-table.ts";
import type { WorkerPool } from "../../../src/worker/worker-pool.ts";
import t from "tap";
import { caller, lasting, runPool, toolText, useTool } from "../../support/run-pool.ts";

const who = caller();
const command = childCommand("echo");

async function pidOf(pool: WorkerPool): Promise<number> {
  return (JSON.parse(await toolText(useTool(pool, who, "process"))) as { pid: number }).pid;
}

t.test("tokens of five seconds expire under traffic, and no call notices", async (t) => {
  let tokens = 0;
  const { pool } = runPool(
    t,
    { command },
    { upstreamTokens: async () => lasting(5, `forgejo-token-number-${++tokens}`) },
  );
  const endMs = Date.now() + 9_000;
  const pids = new Set<number>();
  const client = async () => {
    while (Date.now() < endMs) {
      await toolText(useTool(pool, who, "echo", { sleepMs: 30 }));
      pids.add(await pidOf(pool));
    }
  };
  await Promise.all([client(), client(), client()]);
  t.ok(tokens >= 3, `${tokens} tokens`);
  t.equal(pids.size, tokens, "a process for each token");
  await waitUntil("one process is left", () => pool.counts().live === 1);
});

/** Tokens that last for so long, all issued at one moment, and a way to wait for a time of their life. */
function tokenLife(seconds: number) {
  const issuedMs = Date.now();
  return {
    first: lasting(seconds),
    until: (second: number) => delay(issuedMs + second * 1000 - Date.now()),
  };
}

t.test("a call in the old worker finishes there, the next ones run in the new", async (t) => {
  const { until } = tokenLife(6);
  const { pool } = runPool(t, { command }, { upstreamTokens: async () => lasting(6) });
  const oldPid = await pidOf(pool);
  const long = useTool(pool, who, "echo", { sleepMs: 8_000, long: true });
  await until(5);
  const newPid = await pidOf(pool);
  t.not(newPid, oldPid);
  t.equal(pool.counts().live, 2);
  t.match(await toolText(long), "long");
  await waitUntil("the old one has gone", () => readProcess(oldPid) === undefined);
});

t.test("while the auth-server hangs the old worker serves, after a moment", async (t) => {
  let asked = 0;
  // In the last third of its life from the start.
  const old = { ...lasting(20), issuedAtSec: Date.now() / 1000 - 100 };
  const { pool } = runPool(
    t,
    { command },
    {
      upstreamTokens: async (_token, signal) => {
        if (asked++ === 0) return old;
        return new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(new Error("aborted"))),
        );
      },
    },
  );
  const oldPid = await pidOf(pool);
  t.equal(await pidOf(pool), oldPid);
  t.equal(asked, 2);
});

t.test("with no request the worker ends when its token expires", async (t) => {
  const { pool } = runPool(t, { command }, { upstreamTokens: async () => lasting(2) });
  const pid = await pidOf(pool);
  await waitUntil("the worker is gone", () => readProcess(pid) === undefined);
  t.not(await pidOf(pool), pid, "the next request starts one");
});

t.test("while the auth-server is away the old worker serves until its token expires", async (t) => {
  const ways = [
    () => Promise.reject(new Error("nobody listens")),
    async () => ({ status: "unavailable" as const, retryAfterSec: 1 }),
  ];
  const servesOn = async (away: (typeof ways)[number]) => {
    let asked = 0;
    const { first, until } = tokenLife(8);
    const { pool } = runPool(
      t,
      { command },
      { startTimeoutMs: 2_000, upstreamTokens: async () => (asked++ === 0 ? first : await away()) },
    );
    const pid = await pidOf(pool);
    await until(5.6);
    t.equal(await pidOf(pool), pid);
    t.equal(asked, 2, "it tried");
    await until(8.1);
    await t.rejects(useTool(pool, who, "echo").text, { message: /try again/ });
  };
  await Promise.all(ways.map(servesOn));
});

t.test("a token that lasts no longer than the old one brings no new worker", async (t) => {
  const { first, until } = tokenLife(7);
  const { pool } = runPool(t, { command }, { upstreamTokens: async () => first });
  const pid = await pidOf(pool);
  await until(4.9);
  for (let round = 0; round < 5; round++) t.equal(await pidOf(pool), pid);
  t.equal(pool.counts().live, 1);
});

t.test("without room for a successor the old worker serves on", async (t) => {
  let asked = 0;
  const { until } = tokenLife(7);
  const { pool } = runPool(
    t,
    { command },
    { maxWorkers: 1, upstreamTokens: async () => (asked++, lasting(7)) },
  );
  const pid = await pidOf(pool);
  const busy = useTool(pool, who, "echo", { sleepMs: 8_000 });
  await until(5.2);
  t.equal(await pidOf(pool), pid);
  t.equal(asked, 1);
  busy.call.cancel();
});

t.test("a worker never makes room for its own successor, which may not come", async (t) => {
  let asked = 0;
  // In the last third of its life from the start.
  const old = { ...lasting(20), issuedAtSec: Date.now() / 1000 - 100 };
  const { pool } = runPool(
    t,
    { command },
    {
      maxWorkers: 1,
      upstreamTokens: async () => {
        if (asked++ === 0) return old;
        throw new Error("nobody listens");
      },
    },
  );
  const pid = await pidOf(pool);
  await delay(100);
  t.equal(pool.counts().idle, 1);
  t.equal(await pidOf(pool), pid);
  t.equal(pool.counts().live, 1);
});
