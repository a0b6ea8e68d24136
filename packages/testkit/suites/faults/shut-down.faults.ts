import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { childCommand } from "../../src/children/child-command.ts";
import { FileGate } from "../../src/children/file-gate.ts";
import { isRunning } from "../../src/process/process-children.ts";
import type { Part } from "../../src/stack/stack.ts";
import { temporaryDirectory } from "../../src/temporary-directory.ts";
import { startFaultStack } from "./fault-stack.ts";
import { recover } from "./recover.ts";
import type { ClientFlow } from "./client-flow.ts";
import { eventually } from "./eventually.ts";

// The child and its own child process ignore SIGTERM and the end of stdin.
const setup = await startFaultStack({
  child: { name: "ignore-signals", command: childCommand("ignore-signals"), env: "TOKEN={token}" },
  sessionDaemon: { FJMCP_DRAIN_SECONDS: "8", FJMCP_REQUEST_SECONDS: "120" },
});
t.teardown(() => setup.close());
t.afterEach(() => setup.gates.calls.open());
const { stack } = setup;
const { calls: gate } = setup.gates;

const closedGate = new FileGate(join(temporaryDirectory(t), "closed"));
closedGate.close();
/** A call with this file never ends. */
const closed = closedGate.file;

async function familyOf(flow: ClientFlow): Promise<number[]> {
  const { text } = await flow.mcp.useTool("family");
  const { pid, grandchildPid } = JSON.parse(text) as { pid: number; grandchildPid: number };
  return [pid, grandchildPid];
}

/** Resolves once this many calls are in their children. */
const inFlight = (calls: number) =>
  eventually("calls should be in flight", async () => {
    const { workers } = await setup.leaks.health();
    return workers.live - workers.idle === calls && workers.waiting === 0;
  });

/** The log messages of the process with this pid, oldest first. */
function messagesOf(part: Part, pid: number): string[] {
  const lines = readFileSync(part.logFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { pid?: number; msg: string });
  const from = lines.findIndex((line) => line.msg === "ready" && line.pid === pid) + 1;
  const to = lines.findIndex(({ msg }, i) => i >= from && msg === "ready");
  return lines.slice(from, to === -1 ? undefined : to).map(({ msg }) => msg);
}

const draining = (part: Part, pid: number) =>
  eventually("it should drain", () => messagesOf(part, pid).includes("draining"));

const gone = (pids: readonly number[]) =>
  eventually("no process of the child should be left", () => !pids.some(isRunning));

t.test(
  "SIGTERM drains the session-daemon: calls that can finish do, and no process outlives it",
  async (t) => {
    const [short, long] = await setup.flowsAt(["call", "stream"], "gateway");
    const family = [...(await familyOf(short!)), ...(await familyOf(long!))];
    t.equal(await long!.runStep("stream"), "done");
    gate.close();
    const calls = [short!.runStep("call", gate.file), long!.runStep("call", closed)];
    await inFlight(2);
    const { pid } = stack.sessionDaemon;
    const back = setup.restarted("sessionDaemon");
    const ended = stack.sessionDaemon.kill("SIGTERM");
    await draining(stack.sessionDaemon, pid);
    gate.open();
    t.same(await Promise.all(calls), ["done", "rpc:-32000"]);
    await ended;
    t.equal(messagesOf(stack.sessionDaemon, pid).at(-1), "stopped", "it drained within its timeout");
    t.notOk(long!.mcp.isListening, "streams have ended");
    await gone(family);
    await back;
    t.equal(await short!.runStep("call"), "done", "the session is kept");
    const nothing = { logins: 0, newSessions: 0, refreshes: 0 };
    t.same(await recover(long!, "call"), nothing, "also that of the interrupted call");
  },
);

t.test("a second SIGTERM forces the session-daemon to exit", async (t) => {
  const [flow] = await setup.flowsAt(["call"], "gateway");
  const family = await familyOf(flow!);
  const call = flow!.runStep("call", closed);
  await inFlight(1);
  const { pid } = stack.sessionDaemon;
  const back = setup.restarted("sessionDaemon");
  process.kill(pid, "SIGTERM");
  await draining(stack.sessionDaemon, pid);
  await stack.sessionDaemon.kill("SIGTERM");
  t.equal(await call, "502");
  t.notOk(messagesOf(stack.sessionDaemon, pid).includes("stopped"), "it did not finish draining");
  await back;
  await gone(family);
  t.equal(await flow!.runStep("call"), "done");
});

t.test("SIGKILL of the session-daemon leaves no child and no child's child", async (t) => {
  const [flow] = await setup.flowsAt(["call"], "gateway");
  const family = await familyOf(flow!);
  const back = setup.restarted("sessionDaemon");
  await stack.sessionDaemon.kill("SIGKILL");
  await back;
  await gone(family);
  t.equal(await flow!.runStep("call"), "done");
});

t.test("SIGTERM drains the auth-server: requests that can finish do", async (t) => {
  const [short, long, refreshing] = await setup.flowsAt(["call", "call", "refresh"], "gateway");
  gate.close();
  const calls = [short!.runStep("call", gate.file), long!.runStep("call", closed)];
  setup.forgejo.controls.setFault({ path: /access_token$/, mode: "hold" });
  t.teardown(() => setup.forgejo.controls.clearFaults());
  const refresh = refreshing!.runStep("refresh");
  await inFlight(2);
  await eventually(
    "a request should be waiting at Forgejo",
    () => setup.forgejo.controls.waitingRequests === 1,
  );
  const { pid } = stack.authServer;
  const restarted = setup.restarted("authServer");
  const ended = stack.authServer.kill("SIGTERM");
  await draining(stack.authServer, pid);
  gate.open();
  setup.forgejo.controls.clearFaults();
  t.same(await Promise.all(calls), ["done", "cut"]);
  t.equal(await refresh, "done", "a request that waits for Forgejo finishes, too");
  await ended;
  t.equal(messagesOf(stack.authServer, pid).at(-1), "stopped");
  await restarted;
  t.equal(await long!.runStep("call"), "done");
  // The session-daemon has not stopped: the call whose response was cut off still runs in its child.
  closedGate.open();
  await inFlight(0);
  closedGate.close();
});

t.test("a second SIGTERM forces the auth-server to exit", async (t) => {
  const [flow] = await setup.flowsAt(["call"], "gateway");
  const call = flow!.runStep("call", closed);
  await inFlight(1);
  const { pid } = stack.authServer;
  const restarted = setup.restarted("authServer");
  process.kill(pid, "SIGTERM");
  await draining(stack.authServer, pid);
  await stack.authServer.kill("SIGTERM");
  t.equal(await call, "cut");
  t.notOk(messagesOf(stack.authServer, pid).includes("stopped"), "it did not finish draining");
  await restarted;
  t.equal(await flow!.runStep("call"), "done");
});

t.test("no log holds a secret", async (t) => t.same(setup.secretsInLogs(), []));
