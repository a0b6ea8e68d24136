import { createHash } from "node:crypto";
import { renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import t from "tap";
import { ProgramPin, WrongProgramError } from "../../../src/worker/sandbox/program-pin.ts";
import { McpSession } from "../../support/mcp-session.ts";
import { startSessionDaemon } from "../../support/running-daemon.ts";
import { caller, keptLog, runPool, useTool } from "../../support/run-pool.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

t.test("accepts the pinned file, and rejects it once it was changed or replaced", async (t) => {
  const folder = temporaryDirectory(t);
  const file = join(folder, "program");
  const past = new Date(1_000_000);
  const write = (name: string, text: string) => {
    writeFileSync(name, text);
    utimesSync(name, past, past);
  };
  write(file, "the program");
  const pin = new ProgramPin(sha256("the program").toUpperCase());
  pin.check(file);
  // Before Linux 6.13 the times of files advance by up to 10 ms at once.
  await sleep(50);
  write(file, "another one");
  t.throws(() => pin.check(file), WrongProgramError, "of the same size and time");
  write(file, "the program");
  pin.check(file);
  write(join(folder, "other"), "another one");
  renameSync(join(folder, "other"), file);
  t.throws(() => pin.check(file), { message: new RegExp(`has the SHA-256 ${sha256("another one")}$`) });
});

t.test("a worker with another program is not started", async (t) => {
  const { log, lines } = keptLog();
  const { pool } = runPool(t, { command: childCommand("echo") }, { childSha256: "0".repeat(64), log });
  await t.rejects(useTool(pool, caller(), "echo").text, {
    message: /could not be started: it is not the program that the administrator has pinned/,
  });
  t.match(lines.join("\n"), '"event":"worker.start_failed"');
});

t.test("a daemon starts no worker with a program that was changed since its start", async (t) => {
  const file = join(temporaryDirectory(t), "program");
  const script = `#!/bin/sh\nexec ${childCommand("echo")}\n`;
  writeFileSync(file, script, { mode: 0o755 });
  const daemon = await startSessionDaemon(t, {
    FJMCP_CHILD_COMMAND: file,
    FJMCP_CHILD_SHA256: sha256(script),
    // Node's, which the script starts.
    FJMCP_CHILD_MEMORY_MIB: "1024",
  });
  const call = async () =>
    (await (await McpSession.open(daemon, await daemon.grant())).post(callTool(1, "echo", { of: "it" })))
      .json;
  t.match(await call(), { result: { content: [{ text: /"of":"it"/ }] } });
  writeFileSync(file, `${script}#\n`);
  t.match(await call(), { error: { message: /not the program that the administrator has pinned/ } });
});
