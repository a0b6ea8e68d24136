import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { groupMembers, readProcess } from "../../../src/worker/process/process-table.ts";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import t from "tap";
import { caller, keptLog, runPool, toolText, useTool } from "../../support/run-pool.ts";

interface Family {
  readonly pid: number;
  readonly grandchildPid: number;
}

const lives = (pid: number) => {
  const state = readProcess(pid)?.state;
  return state !== undefined && state !== "Z";
};

function notedGroups(runtimeDir: string): string[] {
  return readdirSync(join(runtimeDir, "process-groups"));
}

t.test("what a SIGKILL of the daemon leaves is gone within 2 s after it is back", async (t) => {
  const runtimeDir = temporaryDirectory(t);
  const pidFile = join(temporaryDirectory(t), "family.json");
  const host = spawn(
    process.execPath,
    [
      fileURLToPath(new URL("../../fixtures/pool-host.ts", import.meta.url)),
      runtimeDir,
      childCommand("ignore-signals", "--pid-file", pidFile),
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
  t.ok(lives(family.grandchildPid), "somebody is left");

  runPool(t, { command: childCommand("echo") }, { runtimeDir });
  await waitUntil("all gone", () => !lives(family.pid) && !lives(family.grandchildPid), { timeoutMs: 2_000 });
  t.same(notedGroups(runtimeDir), []);
});

t.test("a deaf child and its grandchild are ended with their grant", async (t) => {
  const { pool, runtimeDir } = runPool(t, { command: childCommand("ignore-signals") });
  const family = JSON.parse(await toolText(useTool(pool, caller(), "family"))) as Family;
  t.equal(readProcess(family.pid)?.groupId, family.pid, "a process group of its own");
  t.same(
    groupMembers(family.pid).map(({ pid }) => pid),
    [family.pid, family.grandchildPid],
  );
  t.same(notedGroups(runtimeDir), [`${family.pid}.json`]);
  t.equal(await pool.end(() => true), 1);
  t.notOk(lives(family.pid));
  t.notOk(lives(family.grandchildPid));
  t.same(notedGroups(runtimeDir), []);
});

t.test("when a child can not be cleaned up after, the others do not suffer", async (t) => {
  const { log, lines } = keptLog();
  const { pool, runtimeDir } = runPool(t, { command: childCommand("echo") }, { log });
  const { pid } = JSON.parse(await toolText(useTool(pool, caller(), "process"))) as { pid: number };
  const note = join(runtimeDir, "process-groups", `${pid}.json`);
  rmSync(note);
  mkdirSync(note);
  t.equal(await pool.end(() => true), 1);
  t.match(lines.join("\n"), "could not be cleaned up after");
  t.ok(await toolText(useTool(pool, caller(), "echo")));
});

t.test("stop waits for what is ending already", async (t) => {
  const { pool } = runPool(t, { command: childCommand("ignore-signals") });
  const family = JSON.parse(await toolText(useTool(pool, caller(), "family"))) as Family;
  const ended = pool.end(() => true);
  await pool.stop();
  t.notOk(lives(family.pid));
  t.notOk(lives(family.grandchildPid));
  t.equal(await ended, 1);
});

t.test("a pid that belongs to somebody else now is left alone", async (t) => {
  const runtimeDir = temporaryDirectory(t);
  const innocent = spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
  t.teardown(() => innocent.kill("SIGKILL"));
  const pid = innocent.pid as number;
  const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const startTicks = readProcess(pid)?.startTicks as number;
  const dead = { pid: 2 ** 22 + 1, startTicks: 1 };
  const notes = [
    { groupId: pid, startTicks: startTicks - 1, bootId, daemon: dead },
    { groupId: pid, startTicks, bootId: "another boot", daemon: dead },
    {
      groupId: pid,
      startTicks,
      bootId,
      daemon: { pid: process.pid, startTicks: readProcess(process.pid)?.startTicks },
    },
    { groupId: 1, startTicks, bootId, daemon: dead },
    "garbage",
  ];
  const folder = join(runtimeDir, "process-groups");
  mkdirSync(folder, { recursive: true });
  for (const note of notes) {
    writeFileSync(join(folder, `${pid}.json`), JSON.stringify(note));
    const { pool } = runPool(t, { command: childCommand("echo") }, { runtimeDir });
    await new Promise((resolve) => setTimeout(resolve, 50));
    t.ok(lives(pid), JSON.stringify(note));
    await pool.stop();
  }
  writeFileSync(
    join(folder, `${pid}.json`),
    JSON.stringify({ groupId: pid, startTicks, bootId, daemon: dead }),
  );
  runPool(t, { command: childCommand("echo") }, { runtimeDir });
  await waitUntil("the one that is ours has ended", () => !lives(pid));
});
