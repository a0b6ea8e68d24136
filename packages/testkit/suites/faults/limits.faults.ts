import t from "tap";
import { startFaultStack } from "./fault-stack.ts";
import { recover } from "./recover.ts";
import { eventually } from "./eventually.ts";

const setup = await startFaultStack({
  sessionDaemon: { FJMCP_MAX_WORKERS: "2", FJMCP_QUEUE_SECONDS: "5" },
});
t.teardown(() => setup.close());
const { calls: gate } = setup.gates;
t.afterEach(() => gate.open());
const nothing = { logins: 0, newSessions: 0, refreshes: 0 };

/** Three users for two workers; prepared one after the other, so that none of them waits yet. */
async function threeFlows() {
  const flows = [
    await setup.newFlow("gateway"),
    await setup.newFlow("gateway"),
    await setup.newFlow("gateway"),
  ];
  for (const flow of flows) await flow.prepare("call");
  return flows as [(typeof flows)[0], (typeof flows)[0], (typeof flows)[0]];
}

/** Both workers are busy, and one call waits for one of them. */
async function allBusy() {
  const [one, two, third] = await threeFlows();
  gate.close();
  const busy = [one.runStep("call", gate.file), two.runStep("call", gate.file)];
  await eventually("both workers should be busy", () => gate.waiting === 2);
  const waiting = third.mcp.useTool("echo");
  await eventually("a call should wait", async () => (await setup.leaks.health()).workers.waiting === 1);
  return { flows: [one, two, third], third, busy, waiting };
}

t.test("a call beyond the worker limit waits and is served when a worker is free", async (t) => {
  const { busy, waiting } = await allBusy();
  gate.open();
  t.same(await Promise.all(busy), ["done", "done"]);
  t.equal((await waiting).outcome, "done");
});

t.test(
  "a waiting call fails at its deadline with an error that names the limit, and the session is kept",
  async (t) => {
    await setup.leaks.recordKeys();
    const { flows, third, busy, waiting } = await allBusy();
    const { outcome, message } = await waiting;
    t.equal(outcome, "rpc:-32603");
    t.match(message, /limit .* is reached, and all are busy/);
    t.equal(setup.leaks.workers().length, 2, "no more processes than the limit");
    gate.open();
    t.same(await Promise.all(busy), ["done", "done"]);
    t.same(await recover(third, "call"), nothing, "all is kept");
    for (const flow of flows) await flow.revoke();
    await eventually("the workers should be gone", () => setup.leaks.workers().length === 0);
    t.same(await setup.leaks.newAccessKeys(new Map()), []);
  },
);
