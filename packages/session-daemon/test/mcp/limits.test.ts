import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { closedGate } from "../support/closed-gate.ts";
import { callTool, initialize } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";
import { stalledRequest } from "../support/stalled-client.ts";

const daemon = await startSessionDaemon(t, { FJMCP_SWEEP_SECONDS: "3600" });

async function busyWorkers(): Promise<number> {
  const { workers } = await daemon.health();
  return workers.live - workers.idle;
}

t.test(
  "drops notifications beyond 1 MiB for a client that does not read, and sends the response",
  async (t) => {
    const session = await McpSession.open(daemon, await daemon.grant());
    const gate = closedGate(t);
    const args = { progress: 60_000, whileExists: gate.file };
    const call = callTool("end", "echo", args, { progressToken: 1 });
    const client = stalledRequest(t, daemon.mcpSocket, "POST", session.headers(), JSON.stringify(call));
    await waitUntil("the child is busy", () => gate.waiting === 1);
    gate.open();
    await waitUntil("the child has responded", async () => (await busyWorkers()) === 0);
    await sleep(200);
    const received = await client.readUntil('"id":"end"');
    t.ok(received.length < 3 * 1024 * 1024, `${received.length} bytes`);
    t.match(received, /"progress":1,/);
  },
);

t.test("closes an unread stream at the end of its grant", async (t) => {
  const grant = await daemon.grant({ accountId: "2" });
  const session = await McpSession.open(daemon, grant);
  const gate = closedGate(t);
  const args = { progress: 60_000, whileExists: gate.file };
  const call = callTool(1, "echo", args, { progressToken: 1 });
  const calling = stalledRequest(t, daemon.mcpSocket, "POST", session.headers(), JSON.stringify(call));
  await waitUntil("the child has written all progress", () => gate.waiting === 1);
  t.equal((await session.post(callTool(2, "echo"))).status, 200, "the daemon has read it all");
  await daemon.control("POST", "/sessions/end", { by: "grant", grantId: grant.grantId });
  await calling.untilCutOff();
});

t.test("ends a stream that is opened just after the end of its grant", async () => {
  const grant = await daemon.grant({ accountId: "3" });
  const session = await McpSession.open(daemon, grant);
  // The token's record is still there: as if it had been read just before.
  await daemon.redis.del(`grant:${grant.grantId}`);
  const stream = await session.listen();
  await stream.untilClosed();
});

t.test("bounds the large messages of one account and leaves other accounts alone", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant({ accountId: "4" }));
  const other = await McpSession.open(daemon, await daemon.grant({ accountId: "5" }));
  const sending = Array.from({ length: 8 }, () => {
    const outgoing = request({
      socketPath: daemon.mcpSocket,
      path: "/mcp",
      method: "POST",
      headers: session.headers({ "content-length": String(4 * 1024 * 1024) }),
      agent: false,
    });
    outgoing.on("error", () => undefined);
    outgoing.write("{");
    t.teardown(() => void outgoing.destroy());
    return outgoing;
  });
  const large = callTool(1, "echo", { text: "x".repeat(100_000) });
  await waitUntil("no room is left", async () => (await session.post(large)).status === 429);
  t.equal((await session.post(callTool(2, "echo"))).status, 200, "a small one");
  t.equal((await other.post(large)).status, 200);
  for (const outgoing of sending) outgoing.destroy();
  await waitUntil("there is room again", async () => (await session.post(large)).status === 200);
});

/** Posts a body without saying how long it is, the first half at once and the rest after `rest`; resolves with the status. */
async function postChunked(session: McpSession, body: string, rest: Promise<unknown>): Promise<number> {
  const outgoing = request({
    socketPath: daemon.mcpSocket,
    path: "/mcp",
    method: "POST",
    headers: session.headers({ "transfer-encoding": "chunked" }),
    agent: false,
  });
  const responded = once(outgoing, "response") as Promise<[IncomingMessage]>;
  outgoing.write(body.slice(0, body.length / 2));
  await rest;
  outgoing.end(body.slice(body.length / 2));
  const [incoming] = await responded;
  incoming.resume();
  return incoming.statusCode!;
}

t.test("does not count small messages of unknown length", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant({ accountId: "7" }));
  const calls = Array.from({ length: 20 }, (_, id) =>
    postChunked(session, JSON.stringify(callTool(id, "echo", { sleepMs: 300 })), sleep(300)),
  );
  t.same(
    await Promise.all(calls),
    calls.map(() => 200),
  );
});

t.test("counts large messages of unknown length as they arrive", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant({ accountId: "8" }));
  const gate = closedGate(t);
  const args = { text: "x".repeat(4_000_000), whileExists: gate.file };
  const large = (id: string) => callTool(id, "echo", args);
  const { promise: rest, resolve: sendRest } = Promise.withResolvers<void>();
  const some = Array.from({ length: 8 }, (_, i) => postChunked(session, JSON.stringify(large(`${i}`)), rest));
  const half = callTool("half", "echo", { text: "x".repeat(2_000_000) });
  t.equal((await session.post(half)).status, 200, "only what has come is counted");
  const more = Array.from({ length: 12 }, (_, i) =>
    postChunked(session, JSON.stringify(large(`more ${i}`)), rest),
  );
  sendRest();
  const all = [...some, ...more];
  // Those that are accepted are with the child until one has been rejected.
  t.equal(await Promise.race(all), 429);
  gate.open();
  const statuses = await Promise.all(all);
  t.ok(statuses.includes(200));
  t.ok(statuses.includes(429));
  t.ok(statuses.every((status) => status === 200 || status === 429));
  await waitUntil("there is room again", async () => (await session.post(half)).status === 200);
});

t.test("does not count messages whose declared length is too large", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant({ accountId: "9" }));
  const text = "x".repeat(5 * 1024 * 1024);
  const responses = await Promise.all(
    Array.from({ length: 10 }, (_, id) => session.post(callTool(id, "echo", { text }))),
  );
  t.same(
    responses.map(({ status }) => status),
    responses.map(() => 413),
  );
});

t.test("deletes a session whose client disconnected before it received the id", async (t) => {
  const grant = await daemon.grant({ accountId: "6" });
  await McpSession.open(daemon, grant);
  const sessions = async () => (await daemon.sessions("?accountId=6")).length;
  t.equal(await sessions(), 1);
  await daemon.redis.call("CLIENT", "PAUSE", "60000", "WRITE");
  t.teardown(() => daemon.redis.call("CLIENT", "UNPAUSE"));
  const going = request({
    socketPath: daemon.mcpSocket,
    path: "/mcp",
    method: "POST",
    headers: new McpSession(daemon, grant).headers(),
    agent: false,
  });
  going.on("error", () => undefined);
  going.end(JSON.stringify(initialize()));
  await waitUntil("the session is being stored", async () =>
    / flags=\w*b/.test(String(await daemon.redis.call("CLIENT", "LIST"))),
  );
  going.destroy();
  await sleep(200);
  await daemon.redis.call("CLIENT", "UNPAUSE");
  await sleep(200);
  await waitUntil("only the first is left", async () => (await sessions()) === 1);
});
