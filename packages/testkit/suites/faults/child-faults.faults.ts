import t from "tap";
import { signalIfRunning } from "../../src/process/process-children.ts";
import { startFaultRig } from "./fault-stack.ts";
import { left, row, sees, type Fault } from "./fault-matrix.ts";
import { meet } from "./run-fault.ts";
import { patiently } from "./eventually.ts";

const rig = await startFaultRig();
t.teardown(() => rig.close());

let signalled: readonly number[] = [];

/** To every worker that runs, also those that are held in their handshake. */
const toWorkers = (signal: NodeJS.Signals) => () => {
  signalled = rig.leftOvers.workers().filter((pid) => signalIfRunning(pid, signal));
};

/** The session-daemon has taken note of their end, too: a call that comes now is not sent to one of them. */
const kill = async () => {
  toWorkers("SIGKILL")();
  const areKnown = () => !rig.leftOvers.workers().some((pid) => signalled.includes(pid));
  await patiently("killed workers should be known to be dead", areKnown);
};

const goOn = () => {
  for (const pid of signalled) signalIfRunning(pid, "SIGCONT");
};

const noChild = left("no child runs for this client yet");
const noChildYet = {
  authorize: noChild,
  consent: noChild,
  callback: noChild,
  exchange: noChild,
  refresh: noChild,
};

const faults: readonly Fault[] = [
  {
    name: "the child is killed",
    way: "gateway",
    heldAt: "child",
    inject: kill,
    heal: () => undefined,
    before: row(sees("done"), { ...noChildYet, initialize: noChild }),
    during: row(sees("rpc:-32000"), {
      ...noChildYet,
      initialize: sees("rpc:-32603"),
      renewal: sees("rpc:-32603"),
      stream: sees("open"),
    }),
  },
  {
    name: "the child stands still for 5 s",
    way: "gateway",
    heldAt: "child",
    inject: toWorkers("SIGSTOP"),
    heal: goOn,
    lasts: { ms: 5_000 },
    before: row(sees("done"), { ...noChildYet, initialize: noChild }),
    during: row(sees("done"), { ...noChildYet, stream: sees("open") }),
  },
  {
    name: "the child hangs",
    way: "gateway",
    heldAt: "child",
    inject: toWorkers("SIGSTOP"),
    heal: () => undefined,
    before: row(sees("rpc:-32001"), {
      ...noChildYet,
      initialize: noChild,
      renewal: left("its child has gone with its Forgejo token: see during"),
      stream: sees("done"),
    }),
    during: row(sees("rpc:-32001"), {
      ...noChildYet,
      initialize: sees("rpc:-32603"),
      renewal: sees("rpc:-32603"),
      stream: sees("open"),
    }),
  },
];

for (const fault of faults) t.test(fault.name, (t) => meet(t, rig, fault));

t.test("the logs of all this hold no secret", async (t) => {
  t.ok(rig.secrets.size > 100);
  t.same(rig.secretsInLogs(), []);
});
