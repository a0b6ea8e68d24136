import { once } from "node:events";
import { existsSync, readFileSync, readlinkSync, readdirSync, statSync } from "node:fs";
import { Agent, request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { shortestTime } from "@fjmcp/testkit/process/shortest-time";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { closedGate } from "./support/closed-gate.ts";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "./support/mcp-session.ts";
import { startSessionDaemon, type RunningDaemon } from "./support/running-daemon.ts";

const starts = async (daemon: RunningDaemon) => (await daemon.log()).split('"msg":"ready"').length - 1;

async function restart(daemon: RunningDaemon, signal: "SIGHUP" | "SIGUSR1"): Promise<void> {
  const before = await starts(daemon);
  process.kill(daemon.process.pid, signal);
  await waitUntil("it should be ready again", async () => (await starts(daemon)) > before);
}

t.test(
  "no request of a kept-alive or new connection is lost over restarts behind a held socket",
  async (t) => {
    // Calls may wait for a worker at a stop, and as long as that needs on a busy machine.
    const daemon = await startSessionDaemon(t, { FJMCP_DRAIN_SECONDS: "60" }, { heldSockets: true });
    const session = await McpSession.open(daemon, await daemon.grant());
    const inode = statSync(daemon.mcpSocket).ino;
    const over = new AbortController();
    let count = 0;
    const lost: string[] = [];
    const post = async (agent: Agent) => {
      const id = `call ${count++}`;
      const outgoing = request({
        agent,
        socketPath: daemon.mcpSocket,
        path: "/mcp",
        method: "POST",
        headers: session.headers(),
      });
      outgoing.end(JSON.stringify(callTool(id, "echo", { sleepMs: 20 })));
      try {
        const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
        const body = await text(incoming);
        if (!body.includes(`"id":"${id}"`) || body.includes('"error"')) lost.push(body);
      } catch (error) {
        lost.push((error as NodeJS.ErrnoException).code ?? String(error));
      }
    };
    const client = async (index: number) => {
      const agent = new Agent({ keepAlive: index % 2 === 0, maxSockets: 1 });
      t.teardown(() => agent.destroy());
      while (!over.signal.aborted) {
        await post(agent);
        await sleep(20 + 13 * index);
      }
    };
    const clients = Array.from({ length: 6 }, (_, index) => client(index));
    for (let round = 0; round < 3; round++) {
      await sleep(300);
      await restart(daemon, "SIGHUP");
    }
    over.abort();
    await Promise.all(clients);
    t.same(lost, []);
    t.ok(count > 20, `${count} calls`);
    t.equal(statSync(daemon.mcpSocket).ino, inode, "the socket is still the holder's");
    await daemon.process.end();
    t.ok(existsSync(daemon.mcpSocket), "a stop does not remove it");
  },
);

t.test("a worker gets neither the variables nor the sockets of the daemon", async (t) => {
  const daemon = await startSessionDaemon(t, {}, { heldSockets: true });
  const session = await McpSession.open(daemon, await daemon.grant());
  const { result } = (await session.post(callTool(1, "process"))).json;
  const { pid } = JSON.parse(result.content[0]!.text) as { pid: number };
  t.notMatch(readFileSync(`/proc/${pid}/environ`, "utf8"), /LISTEN_|NOTIFY_/);
  const listening = readFileSync("/proc/net/unix", "utf8")
    .split("\n")
    .filter((line) => line.endsWith(daemon.mcpSocket) || line.endsWith(daemon.controlSocket))
    .map((line) => `socket:[${line.split(/\s+/)[6]}]`);
  t.ok(listening.length >= 2, "the sockets were found");
  const held = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  t.same(
    held.filter((target) => listening.includes(target)),
    [],
  );
});

t.test("stops within 3 s when idle and within 6 s with a call in flight", async (t) => {
  const stopMs = async (daemon: RunningDaemon) => {
    const startedMs = performance.now();
    await daemon.process.kill("SIGTERM");
    return performance.now() - startedMs;
  };
  const idleMs = await shortestTime(3_000, async () => {
    const idle = await startSessionDaemon(t, { FJMCP_DRAIN_SECONDS: "" });
    const session = await McpSession.open(idle, await idle.grant());
    await session.listen();
    t.equal((await session.post(callTool(1, "echo"))).status, 200);
    return await stopMs(idle);
  });
  t.ok(idleMs < 3000, `${Math.round(idleMs)} ms`);

  const busyMs = await shortestTime(6_000, async () => {
    const busy = await startSessionDaemon(t, { FJMCP_DRAIN_SECONDS: "" });
    const other = await McpSession.open(busy, await busy.grant());
    const gate = closedGate(t);
    const call = other.post(callTool(1, "echo", { whileExists: gate.file }));
    await waitUntil("the call should run", () => gate.waiting === 1);
    const ms = await stopMs(busy);
    t.match((await call).json, { error: { message: /restarting/ } });
    return ms;
  });
  t.ok(busyMs < 6000, `${Math.round(busyMs)} ms`);
  t.comment(`idle ${Math.round(idleMs)} ms, busy ${Math.round(busyMs)} ms`);
});
