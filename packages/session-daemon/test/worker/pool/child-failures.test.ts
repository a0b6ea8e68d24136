import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { FileGate } from "@fjmcp/testkit/children/file-gate";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import t from "tap";
import { caller, forgejoToken, keptLog, nextId, runPool, toolText, useTool } from "../../support/run-pool.ts";

const who = caller();

async function pidOf(pool: Parameters<typeof useTool>[0]): Promise<number> {
  return (JSON.parse(await toolText(useTool(pool, who, "process"))) as { pid: number }).pid;
}

t.test("a crash fails the calls in flight, and the next call works", async (t) => {
  const { pool } = runPool(t, { command: childCommand("crash") });
  for (let round = 0; round < 3; round++) {
    await useTool(pool, who, "echo").text;
    const inFlight = useTool(pool, who, "echo", { sleepMs: 60_000 });
    const crashing = useTool(pool, who, "crash");
    for (const call of [inFlight, crashing]) {
      await t.rejects(call.text, { kind: "failed", message: /ended before it responded \(exit code 1\)/ });
    }
  }
});

t.test("a child that crashes on every call is not restarted without end", async (t) => {
  const { pool } = runPool(t, { command: childCommand("crash") });
  let crashes = 0;
  // Each further crash delays the next start twice as long: however slow this process is, one call is early.
  await waitUntil("a call is rejected", async () => {
    const { message } = await useTool(pool, who, "crash").text.then(assert.fail, (error: Error) => error);
    if (message.includes("keeps ending by itself")) return true;
    t.match(message, "ended before it responded");
    crashes++;
    await waitUntil("it is gone", () => pool.counts().live === 0);
    return false;
  });
  t.ok(crashes >= 4, `${crashes} crashes before`);
  t.same(pool.liveGrants(), []);
  await waitUntil("another try", () => useTool(pool, who, "echo").text.catch(() => undefined));
});

t.test("a response that was written before the child ended is delivered", async (t) => {
  const { pool } = runPool(t, { command: childCommand("crash") });
  const id = await nextId(pool, who);
  const line = `{"jsonrpc":"2.0","id":${id},"result":"last words"}`;
  const completed = useTool(pool, who, "emit", { lines: [line], respond: false });
  const crashing = useTool(pool, who, "crash");
  t.match(await completed.response, { result: "last words" });
  await t.rejects(crashing.text);
});

t.test("a line that cannot be processed ends its worker alone", async (t) => {
  const { log, lines } = keptLog();
  const { pool } = runPool(t, { command: childCommand("echo") }, { log });
  const other = caller("other");
  const otherPid = await toolText(useTool(pool, other, "process"));
  const inFlight = useTool(pool, who, "echo", { sleepMs: 60_000 });
  const fault = () => {
    throw new Error("a fault of ours");
  };
  const request = { idJson: "1", method: "tools/call", params: { name: "echo" } };
  const failed: string[] = [];
  pool.call(who, request, {
    notification: fault,
    response: fault,
    failed: ({ message }) => failed.push(message),
  });
  await t.rejects(inFlight.text, { kind: "failed", message: /Reference: (\w+)$/ });
  const reference = /Reference: (\w+)$/.exec(await inFlight.text.catch((error: Error) => error.message))?.[1];
  t.match(lines.join("\n"), reference);
  t.match(failed, [/response is not valid/], "its own call does not wait in vain");
  t.equal(failed.length, 1);
  t.equal(await toolText(useTool(pool, other, "process")), otherPid);
  t.ok(await useTool(pool, who, "echo").text, "the next call has a new process");
});

t.test("the last stderr lines of a crashed child are logged at trace alone, without its token", async (t) => {
  const { log, lines } = keptLog();
  // The last line has no end.
  const script = `${childCommand("crash")}; echo panic: >&2; printf "using token $SECRET, goodbye" >&2; exit 3`;
  const { pool } = runPool(
    t,
    { command: `sh -c ${script.replaceAll(" ", "\\ ")}`, env: "SECRET={token}" },
    { log },
  );
  await t.rejects(useTool(pool, who, "crash").text, { message: /exit code 3/ });
  for (const text of ["panic:", "using token [redacted], goodbye"]) {
    const events = lines
      .filter((line) => line.includes(text))
      .map((line) => (JSON.parse(line) as [{ event: string }])[0].event);
    t.same(events, ["worker.stderr"], text);
  }
  t.notMatch(lines.join("\n"), forgejoToken);
});

t.test("SIGKILL of the child is noticed", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") });
  const pid = await pidOf(pool);
  const inFlight = useTool(pool, who, "echo", { sleepMs: 60_000 });
  await useTool(pool, who, "echo").text;
  process.kill(pid, "SIGKILL");
  await t.rejects(inFlight.text, { message: /signal SIGKILL/ });
  t.not(await pidOf(pool), pid);
});

t.test(
  "a hanging child fails the call at its timeout, others get their chance, the next has a new process",
  async (t) => {
    const gate = new FileGate(join(temporaryDirectory(t), "gate"));
    const { pool } = runPool(t, { command: childCommand("echo") }, { requestTimeoutMs: 8_000 });
    const pid = await pidOf(pool);
    const hanging = useTool(pool, who, "emit", { respond: false });
    await sleep(4_000);
    gate.close();
    const slow = useTool(pool, who, "echo", { whileExists: gate.file });
    await waitUntil("it is in the old process", () => gate.waiting === 1);
    t.equal(pool.counts().live, 1);
    await t.rejects(hanging.text, { kind: "failed", code: -32001, message: /did not respond within 8 s/ });
    gate.open();
    const next = pidOf(pool);
    t.ok(await toolText(slow), "the other call completes in the old process");
    t.not(await next, pid);
    await waitUntil("the old process has ended", () => !isAlive(pid));
    t.equal(pool.counts().live, 1);
  },
);

t.test("a cancelled call without a response does not end the child", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") }, { requestTimeoutMs: 4_000 });
  const pid = await pidOf(pool);
  useTool(pool, who, "emit", { respond: false }).call.cancel();
  await sleep(4_500);
  t.equal(await pidOf(pool), pid);
});

t.test("a child that hangs is replaced although its calls are cancelled before their timeout", async (t) => {
  const { pool } = runPool(t, { command: childCommand("echo") }, { requestTimeoutMs: 4_000 });
  const pid = await pidOf(pool);
  process.kill(pid, "SIGSTOP");
  useTool(pool, who, "echo").call.cancel();
  await waitUntil("it was replaced", () => pool.counts().live === 0);
  t.not(await pidOf(pool), pid);
});

const initializeResult = {
  jsonrpc: "2.0",
  id: 1,
  result: { protocolVersion: "2025-11-25", capabilities: {}, serverInfo: { name: "shell" } },
};

/** A child that reads the first line, runs `first`, responds to initialize, and goes on with a script. */
function shellChild(script: string, first = ":"): string {
  const whole = `read line; ${first}; echo '${JSON.stringify(initializeResult)}'; ${script}`;
  return `sh -c ${whole.replaceAll(" ", "\\ ")}`;
}

t.test("the end of its stdout is the end of a child, although it runs on", async (t) => {
  const { pool } = runPool(t, { command: shellChild("exec >&-; exec sleep 1000") });
  await t.rejects(useTool(pool, who, "echo").text, {
    kind: "failed",
    message: /ended before it responded \(closed its output\)/,
  });
  await waitUntil("it is gone", () => pool.counts().live === 0);
});

t.test("the end of its stdin is the end of a child, although it runs on", async (t) => {
  const { pool } = runPool(t, { command: shellChild("exec sleep 1000", "exec <&-") });
  await t.rejects(useTool(pool, who, "echo").text, {
    kind: "failed",
    message: /ended before it responded \(closed its input\)/,
  });
  await waitUntil("it is gone", () => pool.counts().live === 0);
});

t.test("a broken response to a subscription fails it, ends no worker, and is not logged", async (t) => {
  const { log, lines } = keptLog();
  const broken = '{"jsonrpc":"2.0","id":2,"result":{"canary}}';
  const command = shellChild(`read line; read line; echo '${broken}'; exec sleep 1000`);
  const { pool } = runPool(t, { command }, { log });
  await t.rejects(pool.subscribe(who, "stub://one"), { kind: "failed", message: /not valid/ });
  t.equal(pool.counts().live, 1);
  t.notMatch(lines.join("\n"), "canary");
});

t.test("the last line of a child needs no end", async (t) => {
  const response = JSON.stringify({ jsonrpc: "2.0", id: 2, result: { content: [{ text: "last" }] } });
  for (const then of ["exit 0", "exec >&-; exec sleep 1000"]) {
    const { pool } = runPool(t, {
      command: shellChild(`read line; read line; printf '%s' '${response}'; ${then}`),
    });
    t.match(await useTool(pool, who, "echo").text, "last", then);
  }
});

t.test("half a line is no response, wherever its child ended in it", async (t) => {
  const half = '{"jsonrpc":"2.0","id":2,"result":{"content":[{"text":"half"}';
  for (const more of ["", "]}"]) {
    const { pool } = runPool(t, {
      command: shellChild(`read line; read line; printf '%s' '${half}${more}'; exit 0`),
    });
    await t.rejects(useTool(pool, who, "echo").text, { message: /ended before it responded/ }, more);
  }
});

t.test("a line without an end when a call times out is a warning", async (t) => {
  const { log, lines } = keptLog();
  const command = shellChild("read line; read line; printf '%s' '{\"jsonrpc\"'; exec sleep 1000");
  const { pool } = runPool(t, { command }, { log, requestTimeoutMs: 4_000 });
  await t.rejects(useTool(pool, who, "echo").text, { code: -32001 });
  t.match(lines.join("\n"), "worker.output_dropped");
});

t.test("what a child writes in vain while a call waits is a warning, counted once a second", async (t) => {
  const { log, lines } = keptLog();
  const { pool } = runPool(t, { command: childCommand("echo") }, { log });
  const emitted = Array.from({ length: 100 }, (_, i) => `a line that is no message ${i}`);
  await useTool(pool, who, "emit", { lines: emitted }).text;
  const warnings = () => lines.filter((line) => line.includes("worker.output_dropped"));
  const counted = () =>
    warnings().reduce((sum, line) => sum + (JSON.parse(line) as [{ count: number }])[0].count, 0);
  await waitUntil("all are counted", () => counted() === 100);
  t.ok(warnings().length <= 10, `${warnings().length} warnings`);
  t.notMatch(lines.join("\n"), "a line that is no message");
});

t.test("an endless line ends the child with a clear error and bounded memory", async (t) => {
  const { pool } = runPool(t, { command: childCommand("huge") }, { maxLineBytes: 1_000_000 });
  t.ok(await useTool(pool, who, "huge", { bytes: 900_000 }).text);
  for (const args of [{ bytes: 1_100_000 }, { bytes: 5_000_000, endless: true }]) {
    await t.rejects(useTool(pool, who, "huge", args).text, {
      kind: "failed",
      message: /larger than 1000000 bytes/,
    });
  }
  t.ok(await useTool(pool, who, "huge", { bytes: 10 }).text);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
