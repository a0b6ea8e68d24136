import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, fstatSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const withNotifySocket = join(import.meta.dirname, "../../../../deploy/debian/files/with-notify-socket");

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

/** Runs the program as the units do; `notified` is what it has sent to the notification socket. */
async function start(t: Test, env: Record<string, string>, { isManaged = false } = {}) {
  const dir = temporaryDirectory(t);
  const logFile = join(dir, "log");
  const read = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : "");
  const run = (command: readonly string[], file: string, environment: Record<string, string>) => {
    const output = openSync(file, "a");
    const { dev, ino } = fstatSync(output);
    const child = spawn(command[0]!, command.slice(1), {
      env: { PATH: "/usr/bin:/bin", JOURNAL_STREAM: `${dev}:${ino}`, ...environment },
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    t.teardown(() => child.kill("SIGKILL"));
    return child;
  };
  const [socket, messages] = [join(dir, "notify.sock"), join(dir, "messages")];
  if (isManaged) {
    const manager = run(["perl", join(fixtures, "notification-socket.pl"), socket], messages, {});
    await until(() => read(messages).includes("bound"));
    t.equal(manager.exitCode, null);
  }
  const managed = isManaged ? { NOTIFY_SOCKET: socket } : {};
  const command = [withNotifySocket, process.execPath, join(fixtures, "program.ts")];
  const child = run(command, logFile, { FJMCP_DRAIN: "quick", ...managed, ...env });
  const notified = () => read(messages).replace("bound\n", "");
  return { child, notified, log: () => read(logFile) };
}

t.test("notifies of the start, feeds the watchdog with a status, and notifies of the stop", async (t) => {
  const env = { FJMCP_START: "good", WATCHDOG_USEC: "1500000" };
  const { child, notified } = await start(t, env, { isManaged: true });
  await until(() => /WATCHDOG=1[^]*All is well/.test(notified()));
  child.kill("SIGTERM");
  await once(child, "exit");
  await until(() => notified().includes("STOPPING"));
  const lines = notified().trimEnd().split("\n");
  t.match(lines[0], /^STATUS=Starting/);
  t.equal(lines[1], "READY=1 STATUS=Serving");
  t.ok(lines.includes("READY=1 WATCHDOG=1"));
  t.equal(lines.at(-2), "STATUS=Serving. All is well");
  t.equal(lines.at(-1), "STOPPING=1 STATUS=Draining");
});

t.test("a status is sent once it is known, not with the next beat", async (t) => {
  const env = { FJMCP_START: "good", WATCHDOG_USEC: "300000000" };
  const { notified } = await start(t, env, { isManaged: true });
  await until(() => notified().includes("STATUS=Serving. All is well"));
  t.notMatch(notified(), "WATCHDOG=1");
});

t.test("without a service manager nothing is sent", async (t) => {
  const { child, notified, log } = await start(t, { FJMCP_START: "good" });
  await until(() => log().includes('"ready"'));
  child.kill("SIGTERM");
  await once(child, "exit");
  t.equal(notified(), "");
});

t.test("logs once that systemd cannot be notified, and serves", async (t) => {
  const { child, log } = await start(t, { FJMCP_START: "good", NOTIFY_FD: "1000", WATCHDOG_USEC: "100000" });
  await until(() => log().includes('"ready"') && log().includes("service.notify_failed"));
  t.equal(child.exitCode, null);
  t.equal(log().split("service.notify_failed").length, 2);
});

t.test("each line in the journal begins with its priority, configuration faults too", async (t) => {
  const { child, log } = await start(t, { FJMCP_START: "throw" });
  await once(child, "exit");
  const lines = log().trimEnd().split("\n");
  t.match(lines[0], /^<6>\{.*"event":"service\.ready"/);
  t.match(lines.at(-1), /^<2>\{"level":"fatal"/);

  const faulty = await start(t, { FJMCP_START: "nonsense" });
  await once(faulty.child, "exit");
  const [line = "", ...others] = faulty.log().trimEnd().split("\n");
  t.same(others, []);
  t.match(line, /^<2>\{/);
  t.match(JSON.parse(line.slice("<2>".length)), {
    level: "fatal",
    name: "program",
    event: "start.fault",
    msg: /^FJMCP_START: /,
  });
});

t.test("without the journal, lines are plain JSON", async (t) => {
  const { child, log } = await start(t, { FJMCP_START: "throw", JOURNAL_STREAM: "1:1" });
  await once(child, "exit");
  for (const line of log().trimEnd().split("\n")) t.ok(JSON.parse(line));
});
