import { join } from "node:path";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { FileGate } from "@fjmcp/testkit/children/file-gate";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { readProcess } from "../../../src/worker/process/process-table.ts";
import type { WorkerPool } from "../../../src/worker/worker-pool.ts";
import t from "tap";
import { manualClock } from "../../support/manual-clock.ts";
import { caller, lasting, runPool, toolText, useTool } from "../../support/run-pool.ts";

const who = caller();
const command = childCommand("echo");

async function pidOf(pool: WorkerPool): Promise<number> {
  return (JSON.parse(await toolText(useTool(pool, who, "process"))) as { pid: number }).pid;
}

t.test("tokens of five seconds expire under traffic, and no call notices", async (t) => {
  const { clock, advance } = manualClock();
  let tokens = 0;
  const { pool } = runPool(
    t,
    { command },
    { clock, upstreamTokens: async () => lasting(5, `forgejo-token-number-${++tokens}`, clock()) },
  );
  const endMs = clock() + 9_000;
  const pids = new Set<number>();
  const client = async () => {
    while (clock() < endMs) {
      await toolText(useTool(pool, who, "echo", { sleepMs: 30 }));
      pids.add(await pidOf(pool));
      advance(100);
    }
  };
  await Promise.all([client(), client(), client()]);
  t.ok(tokens >= 3, `${tokens} tokens`);
  t.equal(pids.size, tokens, "a process for each token");
  await waitUntil("one process is left", () => pool.counts().live === 1);
});

t.test("a call in the old worker finishes there, the next ones run in the new", async (t) => {
  const { clock, advance } = manualClock();
  const gate = new FileGate(join(temporaryDirectory(t), "gate"));
  gate.close();
  const { pool } = runPool(
    t,
    { command },
    { clock, upstreamTokens: async () => lasting(6, undefined, clock()) },
  );
  const oldPid = await pidOf(pool);
  const long = useTool(pool, who, "echo", { whileExists: gate.file, long: true });
  advance(5_000);
  const newPid = await pidOf(pool);
  t.not(newPid, oldPid);
  t.equal(pool.counts().live, 2);
  advance(3_000);
  t.ok(await pidOf(pool));
  gate.open();
  t.match(await toolText(long), "long");
  await waitUntil("the old one has gone", () => readProcess(oldPid) === undefined);
});

t.test("the old worker serves after a moment while the auth-server hangs", async (t) => {
  const { clock, advance } = manualClock();
  let asked = 0;
  const old = lasting(60, undefined, clock());
  const { pool } = runPool(
    t,
    { command },
    {
      clock,
      upstreamTokens: async (_token, signal) => {
        if (asked++ === 0) return old;
        return new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(new Error("aborted"))),
        );
      },
    },
  );
  const oldPid = await pidOf(pool);
  advance(50_000);
  t.equal(await pidOf(pool), oldPid);
  t.equal(asked, 2);
});

t.test("a worker without requests ends when its token expires", async (t) => {
  const { clock, advance } = manualClock();
  const { pool } = runPool(
    t,
    { command },
    { clock, upstreamTokens: async () => lasting(1, undefined, clock()) },
  );
  const pid = await pidOf(pool);
  advance(1_000);
  await waitUntil("the worker is gone", () => readProcess(pid) === undefined);
  t.not(await pidOf(pool), pid, "the next request starts one");
});

t.test("the old worker serves until its token expires while the auth-server is away", async (t) => {
  const ways = [
    () => Promise.reject(new Error("connection refused")),
    async () => ({ status: "unavailable" as const, retryAfterSec: 1 }),
  ];
  const servesOn = async (away: (typeof ways)[number]) => {
    const { clock, advance } = manualClock();
    let asked = 0;
    const first = lasting(8, undefined, clock());
    const { pool } = runPool(
      t,
      { command },
      { clock, startTimeoutMs: 8_000, upstreamTokens: async () => (asked++ === 0 ? first : await away()) },
    );
    const pid = await pidOf(pool);
    advance(5_600);
    t.equal(await pidOf(pool), pid);
    t.equal(asked, 2, "it tried");
    advance(2_500);
    await t.rejects(useTool(pool, who, "echo").text, { message: /try again/ });
  };
  await Promise.all(ways.map(servesOn));
});

t.test("a token that lasts no longer than the old one brings no new worker", async (t) => {
  const { clock, advance } = manualClock();
  let asked = 0;
  const first = lasting(7, undefined, clock());
  const { pool } = runPool(t, { command }, { clock, upstreamTokens: async () => (asked++, first) });
  const pid = await pidOf(pool);
  advance(4_900);
  for (let round = 0; round < 5; round++) {
    t.equal(await pidOf(pool), pid);
    advance(300);
  }
  t.equal(pool.counts().live, 1);
  t.ok(asked > 1, "it tried");
});

t.test("the old worker serves on without room for a successor", async (t) => {
  const { clock, advance } = manualClock();
  let asked = 0;
  const { pool } = runPool(
    t,
    { command },
    { clock, maxWorkers: 1, upstreamTokens: async () => (asked++, lasting(7, undefined, clock())) },
  );
  const pid = await pidOf(pool);
  const busy = useTool(pool, who, "emit", { respond: false });
  advance(5_200);
  t.equal(await pidOf(pool), pid);
  t.equal(asked, 1);
  busy.call.cancel();
});

t.test("a worker is never evicted for its own successor, whose start may fail", async (t) => {
  const { clock, advance } = manualClock();
  let asked = 0;
  const old = lasting(60, undefined, clock());
  const { pool } = runPool(
    t,
    { command },
    {
      clock,
      maxWorkers: 1,
      upstreamTokens: async () => {
        if (asked++ === 0) return old;
        throw new Error("connection refused");
      },
    },
  );
  const pid = await pidOf(pool);
  advance(50_000);
  t.equal(pool.counts().idle, 1);
  t.equal(await pidOf(pool), pid);
  t.equal(pool.counts().live, 1);
});
