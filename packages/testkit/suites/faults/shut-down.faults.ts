import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { childCommand } from "../../src/children/child-command.ts";
import { ChildHold } from "../../src/children/file-gate.ts";
import { isRunning } from "../../src/process/process-children.ts";
import type { Part } from "../../src/stack/stack.ts";
import { temporaryDirectory } from "../../src/temporary-directory.ts";
import { startFaultRig } from "./fault-stack.ts";
import { finish } from "./recover.ts";
import type { Flow } from "./client-flow.ts";
import { patiently } from "./eventually.ts";

// A child that ignores SIGTERM and the end of its stdin, and so does a process of its own.
const rig = await startFaultRig({
  child: { name: "deaf", command: childCommand("deaf"), env: "TOKEN={token}" },
  sessionDaemon: { FJMCP_DRAIN_SECONDS: "8", FJMCP_REQUEST_SECONDS: "120" },
});
t.teardown(() => rig.close());
t.afterEach(() => rig.holds.calls.release());
const { stack } = rig;
const { calls: held } = rig.holds;

const never = new ChildHold(join(temporaryDirectory(t), "never"));
never.hold();
/** Is never gone. */
const forEver = never.file;

async function familyOf(flow: Flow): Promise<number[]> {
  const { text } = await flow.mcp.useTool("family");
  const { pid, grandchildPid } = JSON.parse(text) as { pid: number; grandchildPid: number };
  return [pid, grandchildPid];
}

/** Resolves once as many calls are in their children. */
const inFlight = (calls: number) =>
  patiently("calls should be in flight", async () => {
    const { workers } = await rig.leftOvers.health();
    return workers.live - workers.idle === calls && workers.waiting === 0;
  });

/** What the log says of the process with this pid, oldest first. */
function said(part: Part, pid: number): string[] {
  const lines = readFileSync(part.logFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { pid?: number; msg: string });
  const from = lines.findIndex((line) => line.msg === "ready" && line.pid === pid) + 1;
  const to = lines.findIndex(({ msg }, i) => i >= from && msg === "ready");
  return lines.slice(from, to === -1 ? undefined : to).map(({ msg }) => msg);
}

const draining = (part: Part, pid: number) =>
  patiently("it should drain", () => said(part, pid).includes("draining"));

const gone = (pids: readonly number[]) =>
  patiently("no process of the child should be left", () => !pids.some(isRunning));

t.test("SIGTERM to the session-daemon: what can finish does, and nothing outlives it", async (t) => {
  const [short, long] = await rig.flowsAt(["call", "stream"], "gateway");
  const family = [...(await familyOf(short!)), ...(await familyOf(long!))];
  t.equal(await long!.take("stream"), "done");
  held.hold();
  const calls = [short!.take("call", held.file), long!.take("call", forEver)];
  await inFlight(2);
  const { pid } = stack.sessionDaemon;
  const back = rig.restarted("sessionDaemon");
  const ended = stack.sessionDaemon.kill("SIGTERM");
  await draining(stack.sessionDaemon, pid);
  held.release();
  t.same(await Promise.all(calls), ["done", "rpc:-32000"]);
  await ended;
  t.equal(said(stack.sessionDaemon, pid).at(-1), "stopped", "it drained to the end, within its bound");
  t.notOk(long!.mcp.isListening, "streams have ended");
  await gone(family);
  await back;
  t.equal(await short!.take("call"), "done", "the sessions live on");
  const nothing = { logins: 0, newSessions: 0, refreshes: 0 };
  t.same(await finish(long!, "call"), nothing, "and so does what was cut off");
});

t.test("a second SIGTERM forces the session-daemon", async (t) => {
  const [flow] = await rig.flowsAt(["call"], "gateway");
  const family = await familyOf(flow!);
  const call = flow!.take("call", forEver);
  await inFlight(1);
  const { pid } = stack.sessionDaemon;
  const back = rig.restarted("sessionDaemon");
  process.kill(pid, "SIGTERM");
  await draining(stack.sessionDaemon, pid);
  await stack.sessionDaemon.kill("SIGTERM");
  t.equal(await call, "502");
  t.notOk(said(stack.sessionDaemon, pid).includes("stopped"), "it did not drain to the end");
  await back;
  await gone(family);
  t.equal(await flow!.take("call"), "done");
});

t.test("SIGKILL of the session-daemon leaves no child and no child's child", async (t) => {
  const [flow] = await rig.flowsAt(["call"], "gateway");
  const family = await familyOf(flow!);
  const back = rig.restarted("sessionDaemon");
  await stack.sessionDaemon.kill("SIGKILL");
  await back;
  await gone(family);
  t.equal(await flow!.take("call"), "done");
});

t.test("SIGTERM to the auth-server: what can finish does", async (t) => {
  const [short, long, refreshing] = await rig.flowsAt(["call", "call", "refresh"], "gateway");
  held.hold();
  const calls = [short!.take("call", held.file), long!.take("call", forEver)];
  rig.forgejo.controls.setFault({ path: /access_token$/, mode: "hold" });
  t.teardown(() => rig.forgejo.controls.clearFaults());
  const refresh = refreshing!.take("refresh");
  await inFlight(2);
  await patiently("Forgejo should be asked", () => rig.forgejo.controls.waitingRequests === 1);
  const { pid } = stack.authServer;
  const restarted = rig.restarted("authServer");
  const ended = stack.authServer.kill("SIGTERM");
  await draining(stack.authServer, pid);
  held.release();
  rig.forgejo.controls.clearFaults();
  t.same(await Promise.all(calls), ["done", "cut"]);
  t.equal(await refresh, "done", "what asks Forgejo, too");
  await ended;
  t.equal(said(stack.authServer, pid).at(-1), "stopped");
  await restarted;
  t.equal(await long!.take("call"), "done");
});

t.test("a second SIGTERM forces the auth-server", async (t) => {
  const [flow] = await rig.flowsAt(["call"], "gateway");
  const call = flow!.take("call", forEver);
  await inFlight(1);
  const { pid } = stack.authServer;
  const restarted = rig.restarted("authServer");
  process.kill(pid, "SIGTERM");
  await draining(stack.authServer, pid);
  await stack.authServer.kill("SIGTERM");
  t.equal(await call, "cut");
  t.notOk(said(stack.authServer, pid).includes("stopped"), "it did not drain to the end");
  await restarted;
  t.equal(await flow!.take("call"), "done");
});

t.test("the logs of all this hold no secret", async (t) => t.same(rig.secretsInLogs(), []));
