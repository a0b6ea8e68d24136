import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { groupMembers, readProcess } from "../../../src/worker/process/process-table.ts";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import t from "tap";
import { childrenOf } from "@fjmcp/testkit/process/process-children";
import { projectRoot } from "@fjmcp/testkit/process/project-root";
import { bubblewrap, bubblewrapMissing } from "../../support/bubblewrap.ts";
import { caller, keptLog, runPool, toolText, useTool } from "../../support/run-pool.ts";

interface Family {
  readonly pid: number;
  readonly grandchildPid: number;
}

const lives = (pid: number) => {
  const state = readProcess(pid)?.state;
  return state !== undefined && state !== "Z";
};

function descendantsOf(pid: number): number[] {
  const children = childrenOf(pid);
  return children.concat(...children.map(descendantsOf));
}

function registeredGroups(runtimeDir: string): string[] {
  return readdirSync(join(runtimeDir, "process-groups"));
}

t.test("orphans of a killed daemon are gone after its restart", async (t) => {
  const runtimeDir = temporaryDirectory(t);
  const pidFile = join(temporaryDirectory(t), "family.json");
  const host = spawn(
    process.execPath,
    [
      fileURLToPath(new URL("../../fixtures/pool-host.ts", import.meta.url)),
      runtimeDir,
      childCommand("ignore-signals", "--pid-file", pidFile),
      "none",
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  t.teardown(() => host.kill("SIGKILL"));
  await once(host.stdout, "data");
  const family = JSON.parse(readFileSync(pidFile, "utf8")) as Family;
  t.teardown(() =>
    [family.pid, family.grandchildPid].filter(lives).forEach((pid) => process.kill(pid, "SIGKILL")),
  );
  t.ok(lives(family.pid) && lives(family.grandchildPid));
  host.kill("SIGKILL");
  await once(host, "exit");
  t.ok(lives(family.grandchildPid), "an orphan is left");

  runPool(t, { command: childCommand("echo") }, { runtimeDir });
  await waitUntil("all gone", () => !lives(family.pid) && !lives(family.grandchildPid));
  t.same(registeredGroups(runtimeDir), []);
});

t.test(
  "with the sandbox a killed daemon leaves no orphan, before its restart",
  { skip: bubblewrapMissing ?? false },
  async (t) => {
    const runtimeDir = temporaryDirectory(t);
    const host = spawn(
      process.execPath,
      [
        fileURLToPath(new URL("../../fixtures/pool-host.ts", import.meta.url)),
        runtimeDir,
        childCommand("ignore-signals"),
        "required",
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    t.teardown(() => host.kill("SIGKILL"));
    await once(host.stdout, "data");
    const descendants = descendantsOf(host.pid as number);
    t.equal(descendants.length, 4, "bwrap, its init, the child and its child");
    host.kill("SIGKILL");
    await waitUntil("all are gone", () => !descendants.some(lives));
  },
);

t.test(
  "with the sandbox a child that ignores signals and its child end with their grant",
  { skip: bubblewrapMissing ?? false },
  async (t) => {
    const options = { sandbox: bubblewrap, readPaths: [projectRoot] };
    const { pool, runtimeDir } = runPool(t, { command: childCommand("ignore-signals") }, options);
    await toolText(useTool(pool, caller(), "family"));
    const [group = ""] = registeredGroups(runtimeDir);
    const leader = Number.parseInt(group, 10);
    const members = [leader, ...descendantsOf(leader)];
    t.equal(members.length, 4);
    t.ok(
      members.every((pid) => readProcess(pid)?.groupId === leader),
      "all are in the process group by which it is ended",
    );
    t.equal(await pool.end(() => true), 1);
    t.same(members.filter(lives), []);
    t.same(registeredGroups(runtimeDir), []);
  },
);

t.test("a child that ignores signals and its grandchild end with their grant", async (t) => {
  const { pool, runtimeDir } = runPool(t, { command: childCommand("ignore-signals") });
  const family = JSON.parse(await toolText(useTool(pool, caller(), "family"))) as Family;
  t.equal(readProcess(family.pid)?.groupId, family.pid, "a process group of its own");
  t.same(
    new Set(groupMembers(family.pid).map(({ pid }) => pid)),
    new Set([family.pid, family.grandchildPid]),
  );
  t.same(registeredGroups(runtimeDir), [`${family.pid}.json`]);
  t.equal(await pool.end(() => true), 1);
  t.notOk(lives(family.pid));
  t.notOk(lives(family.grandchildPid));
  t.same(registeredGroups(runtimeDir), []);
});

t.test("a child whose cleanup fails does not affect the others", async (t) => {
  const { log, lines } = keptLog();
  const { pool, runtimeDir } = runPool(t, { command: childCommand("echo") }, { log });
  const { pid } = JSON.parse(await toolText(useTool(pool, caller(), "process"))) as { pid: number };
  const file = join(runtimeDir, "process-groups", `${pid}.json`);
  rmSync(file);
  mkdirSync(file);
  t.equal(await pool.end(() => true), 1);
  t.match(lines.join("\n"), '"event":"worker.cleanup_failed"');
  t.ok(await toolText(useTool(pool, caller(), "echo")));
});

t.test("stop waits for workers that are ending already", async (t) => {
  const { pool } = runPool(t, { command: childCommand("ignore-signals") });
  const family = JSON.parse(await toolText(useTool(pool, caller(), "family"))) as Family;
  const ended = pool.end(() => true);
  await pool.stop(0);
  t.notOk(lives(family.pid));
  t.notOk(lives(family.grandchildPid));
  t.equal(await ended, 1);
});

t.test("a reused process group number is never signalled", async (t) => {
  const runtimeDir = temporaryDirectory(t);
  const innocent = spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
  t.teardown(() => innocent.kill("SIGKILL"));
  const pid = innocent.pid as number;
  const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const startTicks = readProcess(pid)?.startTicks as number;
  const goneDaemon = { pid: 2 ** 22 + 1, startTicks: 1 };
  const entries = [
    { groupId: pid, startTicks: startTicks - 1, bootId, daemon: goneDaemon },
    { groupId: pid, startTicks, bootId: "another boot", daemon: goneDaemon },
    {
      groupId: pid,
      startTicks,
      bootId,
      daemon: { pid: process.pid, startTicks: readProcess(process.pid)?.startTicks },
    },
    { groupId: 1, startTicks, bootId, daemon: goneDaemon },
    "garbage",
  ];
  const folder = join(runtimeDir, "process-groups");
  mkdirSync(folder, { recursive: true });
  for (const entry of entries) {
    writeFileSync(join(folder, `${pid}.json`), JSON.stringify(entry));
    const { pool } = runPool(t, { command: childCommand("echo") }, { runtimeDir });
    await sleep(50);
    t.ok(lives(pid), JSON.stringify(entry));
    await pool.stop(0);
  }
  writeFileSync(
    join(folder, `${pid}.json`),
    JSON.stringify({ groupId: pid, startTicks, bootId, daemon: goneDaemon }),
  );
  runPool(t, { command: childCommand("echo") }, { runtimeDir });
  await waitUntil("the one that is ours has ended", () => !lives(pid));
});
