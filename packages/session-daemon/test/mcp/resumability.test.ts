import { randomUUID } from "node:crypto";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import t from "tap";
import type { EventStream } from "@fjmcp/testkit/mcp-client/http-client";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { closedGate } from "../support/closed-gate.ts";
import { startForward } from "../support/loopback-forward.ts";
import { callTool, initialize } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t);
const grant = await daemon.grant();
const session = await McpSession.open(daemon, grant);
const chatty = (id: unknown, more: object = {}) =>
  callTool(id, "echo", { progress: 2, ...more }, { progressToken: "p" });

function idsOf({ received }: EventStream): string[] {
  return [...received.matchAll(/^id: (.*)$/gm)].map(([, id]) => id!);
}

/** The ids of a stream whose connection broke after two notifications, with the response to come. */
async function brokenStream(id: unknown, more: object = {}): Promise<string[]> {
  const stream = await session.stream(chatty(id, { sleepMs: 500, ...more }));
  await stream.expect(2);
  stream.abandon();
  return idsOf(stream);
}

function resume(id: string | undefined, by = session): Promise<EventStream> {
  return by.listen({ "last-event-id": id! });
}

/** Expects an error that says that the response is lost, and nothing of the response itself. */
async function expectLoss(t: Tap, stream: EventStream, id: unknown): Promise<void> {
  await stream.untilClosed();
  t.equal(stream.messages.length, 1);
  t.match(stream.messages[0], { id, error: { code: -32000, message: /may have been carried out/ } });
}
type Tap = Pick<typeof t, "equal" | "match">;

t.test("begins a stream with an id, a retry time and no data, and gives each event an id", async (t) => {
  const stream = await session.stream(chatty(1));
  await stream.untilClosed();
  t.match(stream.received, /^id: [\da-f-]{36}\.0\.\S+\nretry: 1000\ndata: \n\nid: /);
  t.equal(new Set(idsOf(stream)).size, 4);
  t.equal(stream.messages.length, 3);
});

t.test("sends no event without data to a client of an earlier revision", async (t) => {
  const earlier = new McpSession(daemon, grant);
  earlier.id = (await earlier.post(initialize("2025-06-18"))).headers["mcp-session-id"] as string;
  const stream = await earlier.stream(chatty(1));
  await stream.untilClosed();
  t.notMatch(stream.received, /^data: $/m);
  t.equal(idsOf(stream).length, 3);
});

t.test("sends what follows the last event to a client whose connection broke", async (t) => {
  const [first, second] = await brokenStream(2);
  const rest = await resume(second);
  t.equal(rest.headers["content-type"], "text/event-stream");
  await rest.untilClosed();
  t.match(rest.messages, [
    { method: "notifications/progress", params: { progressToken: "p", progress: 2 } },
    { id: 2, result: {} },
  ]);
  const again = await resume(first);
  await again.untilClosed();
  t.equal(again.messages.length, 3, "also when the call has completed");
  t.match(rest.received, /^id: \S+\.1\.\S+\nretry: 1000\ndata: \n\n/, "its client may resume it again");
});

t.test("tells a client that has the last event not to connect again", async (t) => {
  const stream = await session.stream(chatty(3));
  await stream.untilClosed();
  const response = await session.send("GET", { "last-event-id": idsOf(stream).at(-1)! });
  t.equal(response.status, 204);
});

t.test("moves a stream that is open to the connection that resumes it", async (t) => {
  const gate = closedGate(t);
  const stream = await session.stream(chatty(4, { whileExists: gate.file }));
  await stream.expect(2);
  const other = await resume(idsOf(stream).at(-1));
  await stream.untilClosed();
  gate.open();
  await other.untilClosed();
  t.equal(stream.messages.length, 2);
  t.match(other.messages, [{ id: 4, result: {} }]);
});

t.test("replays nothing to another session, grant or account", async (t) => {
  const [id] = await brokenStream(5);
  const foreign = await daemon.grant({ accountId: "2" });
  for (const other of [
    await McpSession.open(daemon, grant),
    await McpSession.open(daemon, foreign),
    new McpSession(daemon, await daemon.grant({ accountId: grant.accountId }), session.id),
  ]) {
    await expectLoss(t, await resume(id, other), 5);
  }
  const mine = await resume(id);
  await mine.untilClosed();
  t.match(mine.messages.at(-1), { id: 5, result: {} });
});

t.test("opens a standalone stream for a Last-Event-ID that it never sent", async (t) => {
  for (const id of ["", "1", "x.y.z", `${"a".repeat(22)}.-1.MQ`, "a".repeat(5_000)]) {
    const stream = await resume(id);
    t.equal(stream.status, 200);
    t.notOk(stream.closed);
    stream.abandon();
  }
});

t.test("repeats no id of a request that is not written as JSON has it", async (t) => {
  const lost = (requestId: string) =>
    session.send("GET", {
      "last-event-id": `${randomUUID()}.1.${Buffer.from(requestId).toString("base64url")}`,
    });
  for (const id of ["1", "-20", '"x"', '"\\n"', "12345678901234567890123"])
    t.match((await lost(id)).text, `data: {"jsonrpc":"2.0","id":${id},"error":`, id);
  for (const id of ['\n"x"', '"x" ', "01", "1.5", "null", "{}"]) t.equal((await lost(id)).status, 204, id);
});

t.test("ends a cancelled stream permanently", async (t) => {
  const [id] = await brokenStream(6, { sleepMs: 5_000 });
  const params = { requestId: 6 };
  await session.post({ jsonrpc: "2.0", method: "notifications/cancelled", params });
  t.equal((await session.send("GET", { "last-event-id": id! })).status, 204);
});

t.test("reports the loss of a response that is too large to be kept", async (t) => {
  const [id] = await brokenStream("seven", { text: "x".repeat(300 * 1024) });
  await waitUntil("the call should complete", async () => {
    const { workers } = await daemon.health();
    return workers.live === workers.idle;
  });
  await expectLoss(t, await resume(id), "seven");
});

t.test("clears the streams of a grant that ends", async (t) => {
  const [id] = await brokenStream(8);
  await waitUntil("the call should complete", async () => {
    const { workers } = await daemon.health();
    return workers.live === workers.idle;
  });
  await daemon.control("POST", "/sessions/end", { by: "grant", grantId: grant.grantId });
  await expectLoss(t, await resume(id), 8);
});

t.test("the SDK's client gets its result though its connection breaks during the call", async (t) => {
  const { url, breakAll } = await startForward(t, daemon.mcpSocket);
  const client = new Client({ name: "sdk-client", version: "1.0.0" });
  const requestInit = { headers: { authorization: `Bearer ${grant.token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", url), { requestInit }));
  t.teardown(() => client.close());
  let hasProgressed = false;
  const params = { name: "echo", arguments: { progress: 1, sleepMs: 1_500, text: "only-once" } };
  const calling = client.callTool(params, undefined, { onprogress: () => (hasProgressed = true) });
  await waitUntil("progress should come", () => hasProgressed);
  breakAll();
  t.match((await calling).content, [{ text: /only-once/ }]);
  const lines = await client.callTool({ name: "lines", arguments: {} });
  t.equal(JSON.stringify(lines.content).split("only-once").length - 1, 1);
});

t.test("reports the loss of a response to the client of a daemon that was killed", async (t) => {
  const [id] = await brokenStream(9, { sleepMs: 30_000 });
  await daemon.restart("SIGKILL");
  await expectLoss(t, await resume(id), 9);
});
