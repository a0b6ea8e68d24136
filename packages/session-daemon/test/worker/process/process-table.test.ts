import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { groupLives, signalGroup } from "../../../src/worker/process/process-table.ts";
import t from "tap";

t.test("a process group lives until it is killed", async (t) => {
  const child = spawn("sleep", ["60"], { detached: true });
  await once(child, "spawn");
  t.ok(groupLives(child.pid!));
  t.ok(signalGroup(child.pid!, "SIGKILL"));
  await once(child, "exit");
  t.notOk(signalGroup(child.pid!, 0));
});

const notRoot = process.getuid?.() === 0 ? false : "only root can start a program of another user";

t.test("a signal to a group of another user is not an error", { skip: notRoot }, async (t) => {
  const child = spawn("sleep", ["60"], { detached: true });
  t.teardown(() => child.kill("SIGKILL"));
  await once(child, "spawn");
  const source = `
    const { signalGroup } = require(${JSON.stringify(import.meta.resolve("@fjmcp/session-daemon/worker/process/process-table").replace("file://", ""))});
    process.setgroups([]); process.setgid(65534); process.setuid(65534);
    console.log(signalGroup(${child.pid}, "SIGTERM"));`;
  t.equal(execFileSync(process.execPath, ["-e", source], { encoding: "utf8" }).trim(), "true");
  t.equal(child.exitCode, null);
});
