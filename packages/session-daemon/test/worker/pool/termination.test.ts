import { setTimeout as sleep } from "node:timers/promises";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { readProcess } from "../../../src/worker/process/process-table.ts";
import type { AuthenticatedCaller } from "../../../src/auth/authenticated-caller.ts";
import type { WorkerPool } from "../../../src/worker/worker-pool.ts";
import t from "tap";
import { closedGate } from "../../support/closed-gate.ts";
import { caller, lasting, runPool, toolText, useTool } from "../../support/run-pool.ts";

const never = new AbortController().signal;

async function pidOf(pool: WorkerPool, who: AuthenticatedCaller): Promise<number> {
  return (JSON.parse(await toolText(useTool(pool, who, "process"))) as { pid: number }).pid;
}

t.test("end fails the calls of the grants that match, and of no other", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") });
  const [one, two, other] = [caller("a", "1", "x"), caller("b", "1", "y"), caller("c", "2", "x")];
  const pids = await Promise.all([one, two, other].map((who) => pidOf(pool, who)));
  t.equal(new Set(pids).size, 3, "a process each");
  const hit = useTool(pool, one, "echo", { sleepMs: 60_000 });
  const exempt = useTool(pool, other, "echo", { sleepMs: 500 });
  t.equal(await pool.end(({ accountId }) => accountId === "1"), 2);
  await t.rejects(hit.text, { message: "The connection to Forgejo has ended. Please connect again." });
  t.equal(readProcess(pids[0] as number), undefined);
  t.equal(readProcess(pids[1] as number), undefined);
  t.ok(await exempt.text);
  t.same(pool.liveGrants(), [other.grantId]);
  t.equal(await pool.end(({ grantId }) => grantId === one.grantId), 0);
});

t.test("end also ends starting workers and fails the calls that wait for them", async (t) => {
  const gate = closedGate(t);
  const { pool } = runPool(t, { command: childCommand("echo", "--start-hold", gate.file) });
  const who = caller();
  const call = useTool(pool, who, "echo");
  const initialize = pool.initializeResult(who, never);
  await waitUntil("the child is held at its start", () => gate.waiting === 1);
  t.same(pool.liveGrants(), [who.grantId]);
  const ended = pool.end(() => true);
  await t.rejects(call.text, { message: "The connection to Forgejo has ended. Please connect again." });
  await t.rejects(initialize, { message: "The connection to Forgejo has ended. Please connect again." });
  await ended;
  t.same(pool.counts(), { live: 0, idle: 0, waiting: 0 });
});

t.test("end during the upstream token request prevents the start", async (t) => {
  let isAsked = false;
  let give: () => void = () => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  const { pool } = runPool(
    t,
    { command: childCommand("echo") },
    {
      upstreamTokens: async () => {
        isAsked = true;
        await given;
        return lasting(3600);
      },
    },
  );
  const call = useTool(pool, caller(), "echo");
  await waitUntil("the token is asked for", () => isAsked);
  const ended = pool.end(() => true);
  await t.rejects(call.text, { message: "The connection to Forgejo has ended. Please connect again." });
  give();
  await ended;
  t.same(pool.liveGrants(), []);
});

t.test("end does not wait for an auth-server that hangs", async (t) => {
  let isAsked = false;
  const { pool } = runPool(
    t,
    { command: childCommand("echo") },
    {
      upstreamTokens: (_token, signal) => {
        isAsked = true;
        return new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(new Error("aborted"))),
        );
      },
    },
  );
  const call = useTool(pool, caller(), "echo");
  await waitUntil("the token is asked for", () => isAsked);
  const ended = pool.end(() => true);
  await t.rejects(call.text, { message: "The connection to Forgejo has ended. Please connect again." });
  await ended;
});

t.test("an idle worker ends after the idle time; the next call has a new one", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") }, { idleTimeoutMs: 400 });
  const who = caller();
  const gate = closedGate(t);
  const long = useTool(pool, who, "echo", { whileExists: gate.file });
  const pid = await pidOf(pool, who);
  await sleep(900);
  t.equal(await pidOf(pool, who), pid, "a long call is not idleness");
  gate.open();
  t.ok(await toolText(long));
  await waitUntil("the idle worker is gone", () => pool.counts().live === 0);
  t.equal(readProcess(pid), undefined);
  t.same(pool.counts(), { live: 0, idle: 0, waiting: 0 });
  t.not(await pidOf(pool, who), pid);
});

t.test("stop finishes the calls in flight and waiting, and rejects new ones", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") });
  const inFlight = useTool(pool, caller("a"), "echo", { sleepMs: 300 });
  const stopped = pool.stop(20_000);
  await t.rejects(useTool(pool, caller("a"), "echo").text, { message: /restarting\. Nothing was done/ });
  await t.rejects(pool.initializeResult(caller("new"), never), { message: /restarting/ });
  t.ok(await inFlight.text);
  await stopped;
  t.same(pool.counts(), { live: 0, idle: 0, waiting: 0 });
});

t.test("stop waits no longer than the drain timeout", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") });
  await useTool(pool, caller(), "echo").text;
  const hanging = useTool(pool, caller(), "emit", { respond: false });
  await Promise.all([
    pool.stop(200),
    t.rejects(hanging.text, { message: /restarting.* may or may not be done/ }),
  ]);
});
