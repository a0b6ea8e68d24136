import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, closeSync, existsSync, fstatSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const program = join(import.meta.dirname, "fixtures", "program.ts");

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

/** Runs the program with a systemd-notify that writes down its arguments and its environment. */
function start(t: Test, env: Record<string, string>) {
  const dir = temporaryDirectory(t);
  const calls = join(dir, "calls");
  const stub = join(dir, "systemd-notify");
  writeFileSync(stub, `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> ${calls}\n`);
  chmodSync(stub, 0o755);
  const logFile = join(dir, "log");
  const log = openSync(logFile, "a");
  const { dev, ino } = fstatSync(log);
  const child = spawn(process.execPath, [program], {
    env: { FJMCP_DRAIN: "quick", PATH: `${dir}:/bin`, JOURNAL_STREAM: `${dev}:${ino}`, ...env },
    stdio: ["ignore", "ignore", log],
  });
  closeSync(log);
  t.teardown(() => child.kill("SIGKILL"));
  const read = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : "");
  return { child, notified: () => read(calls), log: () => read(logFile) };
}

t.test("notifies of the start, feeds the watchdog with a status, and notifies of the stop", async (t) => {
  const { child, notified } = start(t, {
    FJMCP_START: "good",
    NOTIFY_SOCKET: "/run/notify",
    WATCHDOG_USEC: "400000",
  });
  await until(() => notified().includes("All is well"));
  child.kill("SIGTERM");
  await once(child, "exit");
  await until(() => notified().includes("STOPPING"));
  // Each is a process, so that two which start one just after the other may write in any order.
  const lines = new Set(notified().trimEnd().split("\n"));
  for (const line of ["READY=1 STATUS=Serving", "STOPPING=1 STATUS=Draining"])
    t.ok(lines.has(`/run/notify ${line}`), line);
  for (const line of [/^\/run\/notify STATUS=Starting/, /^\S+ READY=1 WATCHDOG=1 STATUS=Serving/])
    t.ok(
      [...lines].some((written) => line.test(written)),
      String(line),
    );
});

t.test("without a service manager nothing is run", async (t) => {
  const { child, notified, log } = start(t, { FJMCP_START: "good" });
  await until(() => log().includes('"ready"'));
  child.kill("SIGTERM");
  await once(child, "exit");
  t.equal(notified(), "");
});

t.test("logs once that systemd-notify is missing, and serves", async (t) => {
  const { child, log } = start(t, {
    FJMCP_START: "good",
    NOTIFY_SOCKET: "/run/notify",
    PATH: "/nonexistent",
  });
  await until(() => log().includes('"ready"') && log().includes("service.notify_failed"));
  t.equal(child.exitCode, null);
});

t.test("each line in the journal begins with its priority, configuration faults too", async (t) => {
  const { child, log } = start(t, { FJMCP_START: "throw" });
  await once(child, "exit");
  const lines = log().trimEnd().split("\n");
  t.match(lines[0], /^<6>\{.*"event":"service\.ready"/);
  t.match(lines.at(-1), /^<2>\{"level":"fatal"/);

  const faulty = start(t, { FJMCP_START: "nonsense" });
  await once(faulty.child, "exit");
  t.match(faulty.log(), /^<3>The configuration has 1 fault:\n<3> {2}FJMCP_START/);
});

t.test("without the journal, lines are plain JSON", async (t) => {
  const { child, log } = start(t, { FJMCP_START: "throw", JOURNAL_STREAM: "1:1" });
  await once(child, "exit");
  for (const line of log().trimEnd().split("\n")) t.ok(JSON.parse(line));
});
