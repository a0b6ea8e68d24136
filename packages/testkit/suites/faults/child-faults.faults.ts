import t from "tap";
import { signalIfRunning } from "../../src/process/process-children.ts";
import { startFaultStack } from "./fault-stack.ts";
import { omitted, row, sees, type Fault } from "./fault-matrix.ts";
import { runFault } from "./run-fault.ts";
import { eventually } from "./eventually.ts";

const setup = await startFaultStack();
t.teardown(() => setup.close());

let signalled: readonly number[] = [];

/** Signals every running worker, including those held in their handshake. */
const toWorkers = (signal: NodeJS.Signals) => () => {
  signalled = setup.leaks.workers().filter((pid) => signalIfRunning(pid, signal));
};

/** Resolves once the session-daemon has seen the exits: it sends no further call to these workers. */
const kill = async () => {
  toWorkers("SIGKILL")();
  const areReaped = () => !setup.leaks.workers().some((pid) => signalled.includes(pid));
  await eventually("the session-daemon should have reaped the killed workers", areReaped);
};

const resume = () => {
  for (const pid of signalled) signalIfRunning(pid, "SIGCONT");
};

const noChild = omitted("no child runs for this client, or none that a call has used");
const beforeChild = {
  authorize: noChild,
  consent: noChild,
  callback: noChild,
  exchange: noChild,
  refresh: noChild,
};

const faults: readonly Fault[] = [
  {
    name: "the child is killed",
    route: "gateway",
    heldAt: "child",
    inject: kill,
    heal: () => undefined,
    before: row(sees("done"), { ...beforeChild, initialize: noChild }),
    during: row(sees("rpc:-32000"), {
      ...beforeChild,
      initialize: sees("done"),
      renewal: sees("rpc:-32603"),
      stream: sees("open"),
    }),
  },
  {
    name: "the child is stopped for 5 s",
    route: "gateway",
    heldAt: "child",
    inject: toWorkers("SIGSTOP"),
    heal: resume,
    lasts: { ms: 5_000 },
    before: row(sees("done"), { ...beforeChild, initialize: noChild }),
    during: row(sees("done"), { ...beforeChild, stream: sees("open") }),
  },
  {
    name: "the child hangs",
    route: "gateway",
    heldAt: "child",
    inject: toWorkers("SIGSTOP"),
    heal: () => undefined,
    before: row(sees("rpc:-32001"), {
      ...beforeChild,
      initialize: noChild,
      renewal: omitted("its child ended with its Forgejo token: see during"),
      stream: sees("done"),
    }),
    during: row(sees("rpc:-32001"), {
      ...beforeChild,
      initialize: sees("done"),
      renewal: sees("rpc:-32603"),
      stream: sees("open"),
    }),
  },
];

for (const fault of faults) t.test(fault.name, (t) => runFault(t, setup, fault));

t.test("no log holds a secret", async (t) => {
  t.ok(setup.secrets.size > 100);
  t.same(setup.secretsInLogs(), []);
});
