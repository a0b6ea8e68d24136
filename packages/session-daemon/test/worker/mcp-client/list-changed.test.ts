import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import t from "tap";
import { listingChild } from "../../support/listing-child.ts";
import { manualClock } from "../../support/manual-clock.ts";
import { caller, runPool, toolText, useTool } from "../../support/run-pool.ts";

const who = caller();

t.test("list_changed is ignored right after the start, and forwarded later", async (t) => {
  const { clock, advance } = manualClock();
  const { pool, listChanges } = runPool(t, { command: childCommand("chatty") }, { clock });
  // The child has written its notifications before it responds.
  t.ok(await toolText(useTool(pool, who, "chatter")));
  t.same(listChanges, []);
  advance(2_000);
  t.ok(await toolText(useTool(pool, who, "chatter")));
  await waitUntil("all kinds", () => listChanges.length >= 3);
  t.same(listChanges.map(([grantId, kind]) => `${grantId} ${kind}`).sort(), [
    "grant prompts",
    "grant resources",
    "grant tools",
  ]);
});

t.test("a list that is nested too deep or too large is not known, and disturbs nothing", async (t) => {
  const listed: (readonly string[])[] = [];
  const large = { name: "large", description: "x".repeat(5 * 1024 * 1024) };
  for (const options of [{ tools: [], depth: 100 }, { tools: [], depth: 20_000 }, { tools: [large] }]) {
    const onTools = (tools: readonly string[]) => void listed.push(tools);
    const { pool } = runPool(t, { command: listingChild(t, { name: "any", ...options }) }, { onTools });
    for (let call = 0; call < 2; call++) t.equal(await toolText(useTool(pool, who, "any")), "ran any");
  }
  t.same(listed, [["nested"]]);
});

/** How often the child was asked for its tools. */
const timesListed = async (pool: ReturnType<typeof runPool>["pool"]) => {
  const asked = JSON.parse(await toolText(useTool(pool, who, "asked"))) as string[];
  return asked.filter((method) => method === "tools/list").length;
};

t.test("a child that notifies of a change whenever it lists its tools is not asked in a loop", async (t) => {
  const { pool } = runPool(t, {
    command: listingChild(t, { name: "any", tools: [{ name: "any" }], announces: true }),
  });
  await pool.initializeResult(who, new AbortController().signal);
  await waitUntil("it is asked again", async () => (await timesListed(pool)) >= 2);
  const times = await timesListed(pool);
  t.ok(times < 10, `asked ${times} times, not in a loop`);
  const inTime = () => AbortSignal.timeout(10_000);
  t.same(await pool.paramHeaders(who, "any", inTime), [], "no call waits until the list stays the same");
});

t.test("a list whose cursor does not advance ends there", async (t) => {
  for (const cursor of ["", "1"]) {
    const { pool } = runPool(t, { command: listingChild(t, { name: "any", tools: [], cursor }) });
    await pool.initializeResult(who, new AbortController().signal);
    await waitUntil("it is read", async () => (await timesListed(pool)) >= 2);
    await sleep(200);
    t.equal(await timesListed(pool), 2, JSON.stringify(cursor));
  }
});

// A child whose initialise result or tools change.
const changing = fileURLToPath(new URL("../../fixtures/changing-child.ts", import.meta.url));

t.test("a list that differs right after the start is reported", async (t) => {
  const { clock } = manualClock();
  const { pool, listChanges } = runPool(t, { command: `${process.execPath} ${changing} late` }, { clock });
  await pool.initializeResult(who, new AbortController().signal);
  await waitUntil("the change", () => listChanges.length > 0);
  t.ok(await useTool(pool, who, "any").text, "the child has notified a second time before");
  t.same(listChanges, [[who.grantId, "tools"]]);
});

t.test("a change that is forwarded while the list waits to be read again is reported once", async (t) => {
  const { clock, advance } = manualClock();
  const { pool, listChanges } = runPool(t, { command: `${process.execPath} ${changing} called` }, { clock });
  const timesListed = async (tool = "any") => Number(await toolText(useTool(pool, who, tool)));
  await pool.initializeResult(who, new AbortController().signal);
  await waitUntil("it is read at the start", async () => (await timesListed()) > 0);
  const before = await timesListed("none");
  await waitUntil("it is read", async () => (await timesListed()) > before);
  advance(2_000);
  const atChange = await timesListed("more");
  await waitUntil("the change", () => listChanges.length > 0);
  await waitUntil("it is read again", async () => (await timesListed()) > atChange);
  // The child has responded to a call after its list: that is read and compared.
  await timesListed();
  t.same(listChanges, [[who.grantId, "tools"]]);
});

t.test(
  "a later worker's different initialise result replaces the first, and all kinds are reported",
  async (t) => {
    const signal = new AbortController().signal;
    const { pool, listChanges } = runPool(
      t,
      { command: `${process.execPath} ${changing} pid` },
      { idleTimeoutMs: 200 },
    );
    const first = await pool.initializeResult(who, signal);
    await waitUntil("the worker has gone", () => pool.counts().live === 0);
    t.equal(await pool.initializeResult(who, signal), first, "kept without a worker");
    await useTool(pool, who, "any").text;
    t.notSame(await pool.initializeResult(who, signal), first);
    t.same(
      listChanges.map(([, kind]) => kind),
      ["tools", "resources", "prompts"],
    );
  },
);
