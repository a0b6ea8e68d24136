import { spawn } from "node:child_process";
import { once } from "node:events";
import t from "tap";
import { childrenOf, commandLineOf, isRunning, signalIfRunning } from "../../src/process/process-children.ts";

t.test("finds and signals a child, and sees that it has exited", async (t) => {
  const child = spawn("sleep", ["1000"]);
  t.teardown(() => child.kill("SIGKILL"));
  await once(child, "spawn");
  const pid = child.pid!;
  t.ok(childrenOf(process.pid).includes(pid));
  t.same(commandLineOf(pid), ["sleep", "1000"]);
  t.ok(isRunning(pid));
  t.equal(signalIfRunning(pid, "SIGTERM"), true);
  await once(child, "exit");
  t.notOk(childrenOf(process.pid).includes(pid));
  t.notOk(isRunning(pid));
  t.same([signalIfRunning(pid, "SIGTERM"), commandLineOf(pid), childrenOf(pid)], [false, [], []]);
});
