import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { isRunning } from "@fjmcp/testkit/process/process-children";
import { startFaultRig } from "./fault-rig.ts";
import { left, meet, row, sees, type Fault } from "./matrix.ts";

const rig = await startFaultRig();
t.teardown(() => rig.close());

/** Longer than it takes until a worker that is being started has a process. */
const lookForMs = 700;
const signalled = new Set<number>();

/** Sends the signal to every worker that runs, and to those that come in the next moment: they are being started. */
const toWorkers = (signal: NodeJS.Signals) => async () => {
  signalled.clear();
  const until = performance.now() + lookForMs;
  do {
    for (const pid of rig.leftOvers.workers()) {
      // Before it is the child's own program, its parent waits for it and would stand still, too.
      if (signalled.has(pid) || !isChildProgram(pid)) continue;
      signalled.add(pid);
      process.kill(pid, signal);
    }
    await sleep(5);
  } while (performance.now() < until);
};

const isChildProgram = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("stub-child");

const goOn = () => {
  for (const pid of signalled) if (isRunning(pid)) process.kill(pid, "SIGCONT");
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
    inject: toWorkers("SIGKILL"),
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
    inject: toWorkers("SIGSTOP"),
    heal: goOn,
    lastsMs: 5_000 - lookForMs,
    before: row(sees("done"), { ...noChildYet, initialize: noChild }),
    // On a slow machine a start of which 5 s are lost may miss the start timeout of 6 s.
    during: row(sees("done"), {
      ...noChildYet,
      initialize: sees("done", "rpc:-32603"),
      renewal: sees("done", "rpc:-32603"),
      stream: sees("open"),
    }),
  },
  {
    name: "the child hangs",
    way: "gateway",
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
  t.same(await rig.secretsInLogs(), []);
});
