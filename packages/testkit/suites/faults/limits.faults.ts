import t from "tap";
import { startFaultRig } from "./fault-stack.ts";
import { finish } from "./recover.ts";
import { patiently } from "./eventually.ts";

const rig = await startFaultRig({
  sessionDaemon: { FJMCP_MAX_WORKERS: "2", FJMCP_QUEUE_SECONDS: "5" },
});
t.teardown(() => rig.close());
const { calls: hold } = rig.holds;
t.afterEach(() => hold.release());
const nothing = { logins: 0, newSessions: 0, refreshes: 0 };

/** Three people, for whom there are two workers; one after the other, so that nobody has to wait yet. */
async function threeFlows() {
  const flows = [await rig.newFlow("gateway"), await rig.newFlow("gateway"), await rig.newFlow("gateway")];
  for (const flow of flows) await flow.prepare("call");
  return flows as [(typeof flows)[0], (typeof flows)[0], (typeof flows)[0]];
}

/** Both workers are busy, and one call waits for one of them. */
async function allBusy() {
  const [one, two, third] = await threeFlows();
  hold.hold();
  const busy = [one.take("call", hold.file), two.take("call", hold.file)];
  await patiently("both workers should be busy", () => hold.held === 2);
  const waiting = third.mcp.useTool("echo");
  await patiently("a call should wait", async () => (await rig.leftOvers.health()).workers.waiting === 1);
  return { flows: [one, two, third], third, busy, waiting };
}

t.test("a call beyond the limit waits, and is served when a worker is free", async (t) => {
  const { busy, waiting } = await allBusy();
  hold.release();
  t.same(await Promise.all(busy), ["done", "done"]);
  t.equal((await waiting).seen, "done");
});

t.test("it waits until a deadline; then an error says so, and the session is kept", async (t) => {
  await rig.leftOvers.note();
  const { flows, third, busy, waiting } = await allBusy();
  const { seen, message } = await waiting;
  t.equal(seen, "rpc:-32603");
  t.match(message, /limit .* is reached, and all are busy/);
  t.equal(rig.leftOvers.workers().length, 2, "no more processes than the limit");
  hold.release();
  t.same(await Promise.all(busy), ["done", "done"]);
  t.same(await finish(third, "call"), nothing, "all is kept");
  for (const flow of flows) await flow.revoke();
  await patiently("the workers should be gone", () => rig.leftOvers.workers().length === 0);
  t.same(await rig.leftOvers.newKeysOfAccess(new Map()), []);
});
