import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { startProcess } from "../../src/process/managed-process.ts";
import { temporaryDirectory } from "../../src/temporary-directory.ts";
import { waitUntil } from "../../src/process/wait-until.ts";

const program = (t: { teardown(end: () => void): void }, source: string) => ({
  name: "program",
  command: process.execPath,
  arguments: ["-e", source],
  env: { GIVEN: "1" },
  logFile: join(temporaryDirectory(t), "log"),
  isReady: (log: string) => log.includes("ready"),
});

const stays = "setInterval(() => {}, 1e6);";

t.test("starts with the given environment alone and ends by SIGTERM", async (t) => {
  const options = program(t, `console.log(process.env.GIVEN, process.env.HOME, "ready"); ${stays}`);
  const started = await startProcess(options);
  t.equal(readFileSync(options.logFile, "utf8"), "1 undefined ready\n");
  t.same(await started.end(), { code: null, signal: "SIGTERM" });
});

t.test("reads the log since this start, whatever the characters before it", async (t) => {
  const options = program(t, `console.log("ready"); ${stays}`);
  writeFileSync(options.logFile, "日本語\n");
  const started = await startProcess({ ...options, isReady: (log) => log === "ready\n" });
  t.same(await started.end(), { code: null, signal: "SIGTERM" });
});

t.test("ends a process that ignores SIGTERM and a stopped one", async (t) => {
  const ignoring = await startProcess(
    program(t, `process.on("SIGTERM", () => {}); console.log("ready"); ${stays}`),
  );
  t.same(await ignoring.end(50), { code: null, signal: "SIGKILL" });
  const stopped = await startProcess(program(t, `console.log("ready"); ${stays}`));
  await stopped.kill("SIGSTOP");
  t.same(await stopped.end(60_000), { code: null, signal: "SIGTERM" });
});

t.test("a failed start rejects with the reason and the end of the log", async (t) => {
  const failing = startProcess(program(t, 'console.error("no such thing"); process.exit(3)'));
  await t.rejects(failing, { message: /program ended at start \(exit code 3\).*\n.*no such thing/ });
  const slow = startProcess({ ...program(t, `console.log("busy"); ${stays}`), startTimeoutMs: 300 });
  await t.rejects(slow, { message: /Timed out after 300 ms: program should become ready/ });
});

t.test("waitUntil rejects with the name of the condition and the cause", async (t) => {
  const why = new Error("not there");
  const waiting = waitUntil("a thing should come", () => Promise.reject(why), { timeoutMs: 20 });
  await t.rejects(waiting, { message: "Timed out after 20 ms: a thing should come", cause: why });
});
