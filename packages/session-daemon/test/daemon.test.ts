import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { Agent, request, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import t from "tap";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { readProcess } from "../src/worker/process/process-table.ts";
import { closedGate } from "./support/closed-gate.ts";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "./support/mcp-session.ts";
import { startSessionDaemon } from "./support/running-daemon.ts";

const main = join(import.meta.dirname, "../src/main.ts");

function lives(pid: number): boolean {
  const state = readProcess(pid)?.state;
  return state !== undefined && state !== "Z";
}

async function run(env: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { env });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit") as Promise<[number]>,
  ]);
  return { output, errors, code };
}

t.test("opens its sockets to owner and group only", async (t) => {
  const daemon = await startSessionDaemon(t);
  for (const path of [daemon.mcpSocket, daemon.controlSocket]) t.equal(statSync(path).mode & 0o777, 0o660);
});

t.test("finishes calls in flight on SIGTERM, ends streams, and exits 0", async (t) => {
  const daemon = await startSessionDaemon(t, { FJMCP_DRAIN_SECONDS: "60" });
  const session = await McpSession.open(daemon, await daemon.grant());
  const listening = await session.listen();
  const plain = session.post(callTool(1, "echo", { sleepMs: 800, plain: true }));
  const stream = await session.stream(
    callTool(2, "echo", { progress: 1, sleepMs: 800 }, { progressToken: 1 }),
  );
  await stream.expect(1);
  await daemon.process.kill("SIGTERM");
  t.strictSame(await daemon.process.exited, { code: 0, signal: null });
  t.match((await plain).text, /plain/);
  await stream.untilClosed();
  t.match(stream.messages.at(-1), { id: 2, result: {} });
  await listening.untilClosed();
});

t.test("serves a request that is still arriving on SIGTERM", async (t) => {
  const daemon = await startSessionDaemon(t, { FJMCP_DRAIN_SECONDS: "60" });
  const session = await McpSession.open(daemon, await daemon.grant());
  const body = JSON.stringify(callTool(1, "echo", { late: true }));
  const outgoing = request({
    socketPath: daemon.mcpSocket,
    path: "/mcp",
    method: "POST",
    headers: session.headers({ "content-length": `${body.length}`, expect: "100-continue" }),
    agent: false,
  });
  // The daemon has the head.
  await once(outgoing, "continue");
  outgoing.write(body.slice(0, 10));
  const stopped = daemon.process.kill("SIGTERM");
  await waitUntil("it should drain", async () => (await daemon.log()).includes('"draining"'));
  outgoing.end(body.slice(10));
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  t.match(await text(incoming), /late/);
  await stopped;
});

t.test(
  "responds on SIGTERM to each call of clients that post back to back, or rejects their connection",
  async (t) => {
    const daemon = await startSessionDaemon(t, { FJMCP_DRAIN_SECONDS: "60" });
    const session = await McpSession.open(daemon, await daemon.grant());
    const served = new Set<number>();
    /** Posts on one kept connection until no process listens any more; resolves with what was no response. */
    const postOn = async (client: number) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      t.teardown(() => agent.destroy());
      for (let i = 0; ; i++) {
        // Some are in flight when the signal comes, some come just after it.
        const id = `${client} ${i}`;
        const call = callTool(id, "echo", { sleepMs: (client % 4) * 100 });
        const outgoing = request({
          agent,
          socketPath: daemon.mcpSocket,
          path: "/mcp",
          method: "POST",
          headers: session.headers(),
        });
        outgoing.end(JSON.stringify(call));
        try {
          const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
          const body = await text(incoming);
          if (!body.includes(`"id":"${id}"`)) return body;
          served.add(client);
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException;
          return code === "ENOENT" || code === "ECONNREFUSED" ? undefined : code;
        }
      }
    };
    for (let round = 0; round < 3; round++) {
      served.clear();
      const posting = Array.from({ length: 32 }, (_, client) => postOn(client));
      await waitUntil("each client has its connection", () => served.size === posting.length);
      await daemon.process.kill("SIGTERM");
      t.same(
        (await Promise.all(posting)).filter((lost) => lost !== undefined),
        [],
      );
      await daemon.restart("SIGTERM");
    }
  },
);

t.test("ends draining at its timeout with an error for the calls that could not finish", async (t) => {
  const daemon = await startSessionDaemon(t, { FJMCP_DRAIN_SECONDS: "0.3" });
  const session = await McpSession.open(daemon, await daemon.grant());
  const gate = closedGate(t);
  const response = session.post(callTool(1, "echo", { whileExists: gate.file }));
  await waitUntil("the call should run", () => gate.waiting === 1);
  await daemon.process.kill("SIGTERM");
  t.strictSame(await daemon.process.exited, { code: 0, signal: null });
  t.match((await response).json, { id: 1, error: { message: String } });
});

t.test("exits at once on a second signal", async (t) => {
  const pidFile = join(temporaryDirectory(t), "family.json");
  const command = childCommand("ignore-signals", "--pid-file", pidFile);
  const daemon = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: command, FJMCP_DRAIN_SECONDS: "60" });
  const session = await McpSession.open(daemon, await daemon.grant());
  const family = Object.values(JSON.parse(readFileSync(pidFile, "utf8")) as Record<string, number>);
  t.teardown(() => family.filter(lives).forEach((pid) => process.kill(pid, "SIGKILL")));
  const gate = closedGate(t);
  const response = session.post(callTool(1, "echo", { whileExists: gate.file })).catch(() => "cut off");
  await waitUntil("the call should run", () => gate.waiting === 1);
  process.kill(daemon.process.pid, "SIGTERM");
  await waitUntil("it should drain", async () => (await daemon.log()).includes('"draining"'));
  process.kill(daemon.process.pid, "SIGTERM");
  t.strictSame(await daemon.process.exited, { code: 1, signal: null });
  t.equal(await response, "cut off");
  await waitUntil("no child and no grandchild of it is left", () => !family.some(lives));
});

t.test("does not start on the sockets of another daemon, which continues to serve", async (t) => {
  const daemon = await startSessionDaemon(t);
  const session = await McpSession.open(daemon, await daemon.grant());
  const child = (await session.post(callTool(1, "process"))).json.result;
  const { code, errors } = await run(daemon.env);
  t.equal(code, 78);
  t.match(errors, /FJMCP_CONTROL_SOCKET: Another process is listening on/);
  t.strictSame((await session.post(callTool(1, "process"))).json.result, child, "on the same child");
});

t.test("names a folder that does not exist", async (t) => {
  const daemon = await startSessionDaemon(t);
  const { code, errors } = await run({ ...daemon.env, FJMCP_CONTROL_SOCKET: "/nonexistent/control.sock" });
  t.equal(code, 78);
  t.match(errors, /The folder of \/nonexistent\/control.sock does not exist/);
});

t.test("prints all faults of a configuration at once, with exit code 78", async (t) => {
  const { code, errors } = await run({
    FJMCP_ISSUER: "http://mcp.example.org",
    FJMCP_MCP_SOCKET: "relative.sock",
    FJMCP_CHILD_ENV: "no-equals",
    FJMCP_ALLOWED_ORIGINS: "https://a.example/",
    FJMCP_IDLE_SECONDS: "soon",
    FJMCP_ISUER: "",
    FJMCP_MCP_SOKET: "x",
  });
  t.equal(code, 78);
  for (const name of [
    "ISSUER: must be https",
    "MCP_SOCKET: must be an absolute path",
    "FORGEJO_URL: is required",
    "REDIS_SESSION_PASSWORD_FILE: is required",
    "CHILD_ENV: ",
    "ALLOWED_ORIGINS: must be origins",
    "IDLE_SECONDS: must be a number",
    "MCP_SOKET: is not a setting",
  ]) {
    t.match(errors, `FJMCP_${name}`);
  }
});
