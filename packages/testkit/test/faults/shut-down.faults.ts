import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { isRunning } from "@fjmcp/testkit/process/process-children";
import type { Part } from "@fjmcp/testkit/process/stack";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { startFaultRig } from "./fault-rig.ts";
import type { Flow } from "./flow.ts";

// A child that ignores SIGTERM and the end of its stdin, and so does a process of its own.
const rig = await startFaultRig({
  child: { name: "deaf", command: childCommand("deaf"), env: "TOKEN={token}" },
  sessionDaemon: { FJMCP_DRAIN_SECONDS: "3", FJMCP_REQUEST_SECONDS: "60" },
});
t.teardown(() => rig.close());
const { stack } = rig;

/** Beyond every bound of a drain, and never reached. */
const tooLongMs = 50_000;
const shortMs = 1_500;
const inFlightMs = 500;

async function familyOf(flow: Flow): Promise<number[]> {
  const { text } = await flow.useTool("family");
  const { pid, grandchildPid } = JSON.parse(text) as { pid: number; grandchildPid: number };
  return [pid, grandchildPid];
}

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

const gone = (pids: readonly number[]) =>
  waitUntil("no process of the child should be left", () => !pids.some(isRunning));

t.test("SIGTERM to the session-daemon: what can finish does, and nothing outlives it", async (t) => {
  const [short, long] = await rig.flowsAt(["call", "stream"], "gateway");
  const family = [...(await familyOf(short!)), ...(await familyOf(long!))];
  t.equal(await long!.take("stream"), "done");
  const calls = [short!.take("call", shortMs), long!.take("call", tooLongMs)];
  await sleep(inFlightMs);
  const { pid } = stack.sessionDaemon;
  const back = rig.restarted("sessionDaemon");
  await stack.sessionDaemon.kill("SIGTERM");
  t.same(await Promise.all(calls), ["done", "rpc:-32000"]);
  t.equal(said(stack.sessionDaemon, pid).at(-1), "stopped", "it drained to the end, within its bound");
  t.notOk(long!.isListening, "streams have ended");
  await gone(family);
  await back;
  t.same([await short!.take("call"), await long!.finish("call")], ["done", 0], "the sessions live on");
});

t.test("a second SIGTERM forces the session-daemon", async (t) => {
  const [flow] = await rig.flowsAt(["call"], "gateway");
  const family = await familyOf(flow!);
  const call = flow!.take("call", tooLongMs);
  await sleep(inFlightMs);
  const { pid } = stack.sessionDaemon;
  const back = rig.restarted("sessionDaemon");
  process.kill(pid, "SIGTERM");
  await waitUntil("it should drain", () => said(stack.sessionDaemon, pid).includes("draining"));
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
  const calls = [short!.take("call", shortMs), long!.take("call", tooLongMs)];
  rig.forgejo.knobs.setFault({ path: /access_token$/, mode: "hang", times: 1 });
  const refresh = refreshing!.take("refresh");
  await sleep(inFlightMs);
  const { pid } = stack.authServer;
  const restarted = rig.restarted("authServer");
  await stack.authServer.kill("SIGTERM");
  t.same(await Promise.all(calls), ["done", "cut"]);
  t.equal(await refresh, "done", "Forgejo's time-out was waited for");
  t.equal(said(stack.authServer, pid).at(-1), "stopped");
  await restarted;
  t.equal(await long!.take("call"), "done");
});

t.test("a second SIGTERM forces the auth-server", async (t) => {
  const [flow] = await rig.flowsAt(["call"], "gateway");
  const call = flow!.take("call", tooLongMs);
  await sleep(inFlightMs);
  const { pid } = stack.authServer;
  const restarted = rig.restarted("authServer");
  process.kill(pid, "SIGTERM");
  await waitUntil("it should drain", () => said(stack.authServer, pid).includes("draining"));
  await stack.authServer.kill("SIGTERM");
  t.equal(await call, "cut");
  t.notOk(said(stack.authServer, pid).includes("stopped"), "it did not drain to the end");
  await restarted;
  t.equal(await flow!.take("call"), "done");
});

t.test("the logs of all this hold no secret", async (t) => t.same(await rig.secretsInLogs(), []));
