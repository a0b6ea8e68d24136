import { spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
  const [membership, mounts] = [join(mount, "membership"), join(mount, "mounts")];
  writeFileSync(mounts, `${mountLine("/", "/elsewhere", "proc")}\n${mountLine("/", mount)}\n`);
  writeFileSync(membership, "4:memory:/elsewhere\n0::/fjmcp.service\n");
  const folder = join(mount, "fjmcp.service");
  mkdirSync(folder);
  if (isRoot) chownSync(folder, uid, uid);
  writeFileSync(join(folder, "cgroup.controllers"), `${controllers}\n`);
  return { folder, options: { mounts, membership, uid, memoryMaxMiB: 512 } };
}

/** A line of /proc/self/mountinfo: the part of a file system from `root` on is mounted at `point`. */
function mountLine(root: string, point: string, type = "cgroup2"): string {
  return `35 24 0:29 ${root} ${point} rw,nosuid shared:9 - ${type} ${type} rw`;
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
  const worker = join(
    folder,
    readdirSync(folder).find((name) => name.startsWith("worker-"))!,
  );
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
  t.match(spawnSync(command, args, { encoding: "utf8", input: "\n" }), {
    status: 71,
    stdout: "",
    stderr: "/nonexistent",
  });
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

t.test("finds a delegated cgroup below a mount that begins with it or above it", (t) => {
  const { folder, options } = fakeCgroup(t);
  const mounted = (...lines: string[]) => {
    writeFileSync(options.mounts, lines.join("\n"));
    return openWorkerCgroups(options);
  };
  for (const line of [mountLine("/fjmcp.service", folder), mountLine("/", join(folder, ".."))]) {
    t.equal(join(opened(mounted(mountLine("/", "/nonexistent"), line)).create().folder, ".."), folder);
  }
  t.match(mounted(mountLine("/fjmcp", folder)), { reason: /does not offer/ }, "another cgroup is mounted");
  t.match(mounted(mountLine("/", join(folder, ".."), "tmpfs")), { reason: /does not offer/ });
  t.end();
});

t.test("prefers the mount that it may write to", { skip: isRoot ? false : "mounts need root" }, (t) => {
  const { folder, options } = fakeCgroup(t);
  const readOnly = temporaryDirectory(t);
  writeFileSync(options.mounts, mountLine("/fjmcp.service", readOnly));
  const program = `
    import { openWorkerCgroups } from ${JSON.stringify(import.meta.resolve("../../../src/worker/sandbox/worker-cgroups.ts"))};
    const { appendFileSync } = await import("node:fs");
    const options = ${JSON.stringify(options)};
    console.log(openWorkerCgroups(options).reason);
    appendFileSync(options.mounts, ${JSON.stringify(`\n${mountLine("/fjmcp.service", folder)}`)});
    console.log(openWorkerCgroups(options).create().folder);`;
  const mount = `mount --bind ${folder} ${readOnly} && mount -o remount,bind,ro ${readOnly}`;
  const node = [process.execPath, "--input-type=module", "--eval", program];
  const script = `${mount} && exec "$@"`;
  const result = spawnSync("unshare", ["--mount", "sh", "-c", script, "sh", ...node], { encoding: "utf8" });
  const [first = "", second = ""] = result.stdout.split("\n");
  t.equal(first, "the cgroup /fjmcp.service is mounted read-only");
  t.ok(second.startsWith(`${folder}/worker-`), result.stderr);
  t.end();
});
