import { setTimeout as sleep } from "node:timers/promises";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import t from "tap";
import { closedGate } from "../../support/closed-gate.ts";
import { caller, runPool, toolText, useTool } from "../../support/run-pool.ts";

const echo = { command: childCommand("echo") };

t.test("the longest idle worker of an account is evicted at the account's limit", async (t) => {
  const { pool } = runPool(t, echo, { maxWorkersPerAccount: 2 });
  const [first, second, third, foreign] = [caller("a"), caller("b"), caller("c"), caller("d", "2")];
  for (const who of [foreign, first, second]) await useTool(pool, who, "echo").text;
  await useTool(pool, third, "echo").text;
  t.same(pool.liveGrants(), [foreign.grantId, second.grantId, third.grantId]);
});

t.test("the longest idle worker of all is evicted at the total limit", async (t) => {
  const { pool } = runPool(t, echo, { maxWorkers: 2 });
  const [first, second, third] = [caller("a", "1"), caller("b", "2"), caller("c", "3")];
  for (const who of [first, second]) await useTool(pool, who, "echo").text;
  await useTool(pool, first, "echo").text;
  await useTool(pool, third, "echo").text;
  t.same(pool.liveGrants(), [first.grantId, third.grantId]);
});

t.test("a busy worker is never evicted: a request waits until one is idle", async (t) => {
  const { pool } = runPool(t, echo, { maxWorkers: 1 });
  const gate = closedGate(t);
  const busy = useTool(pool, caller("a"), "echo", { whileExists: gate.file });
  await waitUntil("it is busy", () => gate.waiting === 1);
  const waiting = useTool(pool, caller("b", "2"), "echo", { mine: true });
  await sleep(50);
  t.same(pool.counts(), { live: 1, idle: 0, waiting: 1 });
  gate.open();
  t.ok(await toolText(busy));
  t.equal(await toolText(waiting), '{"mine":true}');
});

t.test("a request without a free slot fails at the deadline with the reason", async (t) => {
  const { pool } = runPool(t, echo, { maxWorkersPerAccount: 1, queueTimeoutMs: 300 });
  const gate = closedGate(t);
  const busy = useTool(pool, caller("a"), "echo", { whileExists: gate.file });
  await waitUntil("it is busy", () => gate.waiting === 1);
  await t.rejects(useTool(pool, caller("b"), "echo").text, { kind: "failed", message: /limit .* reached/ });
  t.ok(await toolText(useTool(pool, caller("c", "2"), "echo")), "another account has its own limit");
  gate.open();
  t.ok(await toolText(busy));
});

t.test("many more grants than workers are all served", async (t) => {
  const { pool } = runPool(t, echo, { maxWorkers: 3, queueTimeoutMs: 60_000 });
  const calls = Array.from({ length: 12 }, (_, index) =>
    useTool(pool, caller(`g${index}`, `${index % 5}`), "echo", { canary: index, sleepMs: 20 }),
  );
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, pool.counts().live)), 10);
  t.teardown(() => clearInterval(watch));
  const texts = await Promise.all(calls.map((call) => toolText(call)));
  t.same(
    texts.map((text) => (JSON.parse(text) as { canary: number }).canary),
    [...calls.keys()],
  );
  t.ok(peak <= 3, `${peak} at once`);
});

t.test("a worker that was started for an initialise alone is evicted too", async (t) => {
  const { pool } = runPool(t, echo, { maxWorkers: 1 });
  const signal = new AbortController().signal;
  const all = ["a", "b", "c"].map((grant) => pool.initializeResult(caller(grant), signal));
  for (const one of all) t.ok(await one);
});

t.test("a child with a cancelled call is not evicted before it responds to a ping", async (t) => {
  const { pool } = runPool(t, echo, { maxWorkers: 1 });
  const { pid } = JSON.parse(await toolText(useTool(pool, caller("a"), "process"))) as { pid: number };
  process.kill(pid, "SIGSTOP");
  const cancelled = useTool(pool, caller("a"), "echo");
  cancelled.call.cancel();
  const waiting = useTool(pool, caller("b", "2"), "echo", { mine: true });
  await sleep(300);
  t.same(pool.counts(), { live: 1, idle: 0, waiting: 1 });
  process.kill(pid, "SIGCONT");
  t.equal(await toolText(waiting), '{"mine":true}');
});

t.test("a grant has 256 calls running or waiting at most, and further ones are rejected", async (t) => {
  const { pool } = runPool(t, echo);
  const calls = Array.from({ length: 257 }, () => useTool(pool, caller("a"), "emit", { respond: false }));
  await t.rejects(calls.at(-1)!.text, { kind: "failed", message: /256 calls running or waiting/ });
  await waitUntil("all others run", () => pool.counts().waiting === 0);
  await t.rejects(useTool(pool, caller("a"), "echo").text, { message: /256 calls/ });
  t.ok(await toolText(useTool(pool, caller("b"), "echo")), "another grant has its own limit");
  for (const { call } of calls) call.cancel();
  await waitUntil("the child responded to a ping", () => pool.counts().idle === 2);
  t.ok(await toolText(useTool(pool, caller("a"), "echo")));
});

t.test("a grant has 256 initialise requests waiting at most", async (t) => {
  const { pool } = runPool(t, { command: childCommand("silent") });
  const signal = new AbortController().signal;
  const all = Array.from({ length: 257 }, () => pool.initializeResult(caller("a"), signal));
  for (const one of all) one.catch(() => undefined);
  await t.rejects(all.at(-1)!, { message: /256 calls/ });
});

t.test("an account has 512 calls waiting at most, over all its grants", async (t) => {
  const { pool } = runPool(t, { command: childCommand("silent") });
  const calls = Array.from({ length: 600 }, (_, index) =>
    useTool(pool, caller(`g${index % 3}`), "echo").text.catch((error: Error) => error.message),
  );
  t.equal(pool.counts().waiting, 512);
  t.match(await calls[599], /512 calls waiting/);
  useTool(pool, caller("other", "2"), "echo");
  t.equal(pool.counts().waiting, 513, "another account has its own limit");
});

t.test("an account whose workers are never idle gives one up for another account", async (t) => {
  const { pool } = runPool(t, echo, { maxWorkers: 2 });
  const running = new AbortController();
  const held = (grant: string) => {
    const gate = closedGate(t);
    return { gate, call: useTool(pool, caller(grant), "echo", { whileExists: gate.file }) };
  };
  /** Makes each call before the one before may end. */
  const overlap = async (grant: string, first: ReturnType<typeof held>) => {
    for (let current = first; ;) {
      const next = running.signal.aborted ? undefined : held(grant);
      current.gate.open();
      await toolText(current.call);
      if (next === undefined) return;
      current = next;
    }
  };
  const firsts = ["a", "b"].map((grant) => ({ grant, first: held(grant) }));
  await waitUntil("both are busy", () => firsts.every(({ first }) => first.gate.waiting === 1));
  const hostile = firsts.map(({ grant, first }) => overlap(grant, first));
  t.equal(await toolText(useTool(pool, caller("honest", "2"), "echo", { mine: true })), '{"mine":true}');
  running.abort();
  await Promise.all(hostile);
});
