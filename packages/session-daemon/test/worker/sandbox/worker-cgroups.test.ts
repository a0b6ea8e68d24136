import { spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import t, { type Test } from "tap";
import { withLimits } from "../../../src/worker/sandbox/process-limits.ts";
import { openWorkerCgroups, type WorkerCgroups } from "../../../src/worker/sandbox/worker-cgroups.ts";
import { caller, runPool, toolText, useTool } from "../../support/run-pool.ts";

const isRoot = process.getuid?.() === 0;
const uid = isRoot ? 1000 : process.getuid!();

/** A folder that looks like a delegated cgroup of the service `fjmcp.service` of the user `uid`. */
function fakeCgroup(t: Test, controllers = "cpu memory pids") {
  const mount = temporaryDirectory(t);
  const membership = join(mount, "membership");
  writeFileSync(membership, "4:memory:/elsewhere\n0::/fjmcp.service\n");
  const folder = join(mount, "fjmcp.service");
  mkdirSync(folder);
  if (isRoot) chownSync(folder, uid, uid);
  writeFileSync(join(folder, "cgroup.controllers"), `${controllers}\n`);
  return { folder, options: { mount, membership, uid, memoryMaxMiB: 512 } };
}

const read = (...path: string[]) => readFileSync(join(...path), "utf8");

function opened(cgroups: WorkerCgroups | { reason: string }): WorkerCgroups {
  if ("reason" in cgroups) throw new Error(cgroups.reason);
  return cgroups;
}

t.test("divides a delegated cgroup: the daemon in a leaf, each worker in one of its own", async (t) => {
  const { folder, options } = fakeCgroup(t);
  const cgroups = opened(openWorkerCgroups(options));
  t.equal(read(folder, "daemon", "cgroup.procs"), String(process.pid));
  t.equal(read(folder, "cgroup.subtree_control"), "+memory +pids");
  const [one, two] = [cgroups.create(), cgroups.create()];
  t.not(one.folder, two.folder);
  t.equal(read(one.folder, "memory.max"), String(512 * 1024 * 1024));
  t.equal(read(one.folder, "memory.oom.group"), "1");
  t.equal(read(one.folder, "pids.max"), "64");

  writeFileSync(join(one.folder, "memory.events"), "low 0\nmax 3\noom 1\noom_kill 0\noom_group_kill 0\n");
  t.notOk(one.ranOutOfMemory(), "reaching the limit alone ends nothing");
  writeFileSync(join(one.folder, "memory.events"), "max 3\noom 1\noom_kill 2\n");
  t.ok(one.ranOutOfMemory());
  t.notOk(two.ranOutOfMemory());
});

t.test("a worker joins its cgroup before it runs, and its cgroup is ended and removed with it", async (t) => {
  const { folder, options } = fakeCgroup(t);
  const cgroups = opened(openWorkerCgroups(options));
  const { pool } = runPool(t, { command: childCommand("echo") }, { cgroups });
  t.ok(await toolText(useTool(pool, caller(), "echo")));
  const worker = join(folder, `worker-${process.pid}-1`);
  t.equal(read(worker, "cgroup.procs"), "0\n", "0 is the writing process itself");
  const ended = pool.end(() => true);
  // The kernel's files go with a cgroup; these do not.
  while (!existsSync(join(worker, "cgroup.kill"))) await new Promise(setImmediate);
  t.equal(read(worker, "cgroup.kill"), "1");
  rmSync(worker, { recursive: true });
  t.equal(await ended, 1);
});

t.test("a worker that cannot join its cgroup does not run outside it", (t) => {
  const [command = "", ...args] = withLimits(["echo", "it runs"], { memoryMiB: 100 }, "/nonexistent");
  t.match(spawnSync(command, args, { encoding: "utf8" }), { status: 71, stdout: "", stderr: "/nonexistent" });
  t.end();
});

t.test("without delegation there are no cgroups, and a reason", (t) => {
  const { options } = fakeCgroup(t);
  t.match(openWorkerCgroups({ ...options, uid: uid + 1 }), { reason: /fjmcp\.service is not delegated/ });
  t.match(openWorkerCgroups({ ...options, uid: 0 }), { reason: /is not delegated/ });
  t.match(openWorkerCgroups(fakeCgroup(t, "cpu").options), { reason: /does not offer/ });
  t.match(openWorkerCgroups({ ...options, membership: "/nonexistent" }), { reason: /does not offer/ });
  t.end();
});
