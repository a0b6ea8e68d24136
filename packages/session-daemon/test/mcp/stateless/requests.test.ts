import { sha256Hex } from "@fjmcp/shared/hash";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { monitorCommands } from "@fjmcp/testkit/redis/command-monitor";
import t, { type Test } from "tap";
import { closedGate } from "../../support/closed-gate.ts";
import { callTool, initialize } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../../support/mcp-session.ts";
import { startSessionDaemon } from "../../support/running-daemon.ts";
import { requestMeta, StatelessClient } from "../../support/stateless-client.ts";

const daemon = await startSessionDaemon(t);
const grant = await daemon.grant();
const client = new StatelessClient(daemon, grant);
const serverInfo = { name: "stub-echo", version: "1.0.0" };
const completeResult = {
  resultType: "complete",
  _meta: { "io.modelcontextprotocol/serverInfo": serverInfo },
};

interface Line {
  readonly method?: string;
  readonly id?: number;
  readonly params?: Record<string, unknown>;
}

/** The lines that the child of the client's grant has received. */
async function received(by = client): Promise<Line[]> {
  const { json } = await by.call("lines", {}, {}, { accept: "application/json" });
  return (JSON.parse(json.result.content[0]!.text) as string[]).map((line) => JSON.parse(line) as object);
}

t.test("server/discover describes a child that begins with initialize", async (t) => {
  const reply = await client.post({ id: "probe", method: "server/discover" });
  t.equal(reply.status, 200);
  t.equal(reply.headers["mcp-session-id"], undefined);
  t.strictSame(reply.json, {
    jsonrpc: "2.0",
    id: "probe",
    result: {
      ...completeResult,
      supportedVersions: ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"],
      capabilities: { tools: { listChanged: true }, resources: { listChanged: true, subscribe: true } },
      ttlMs: 0,
      cacheScope: "private",
    },
  });
});

t.test("a call is served as JSON, without a session", async (t) => {
  const reply = await client.call("echo", { a: 1 }, { id: 7 });
  t.equal(reply.status, 200);
  t.equal(reply.headers["content-type"], "application/json");
  t.equal(reply.headers["mcp-session-id"], undefined);
  t.strictSame(reply.json, {
    jsonrpc: "2.0",
    id: 7,
    result: { ...completeResult, content: [{ type: "text", text: '{"a":1}' }] },
  });
});

t.test("lists and reads carry hints for caches, and calls do not", async (t) => {
  for (const method of ["tools/list", "resources/list"]) {
    const { json } = await client.post({ method });
    t.match(json.result, { ...completeResult, ttlMs: 0, cacheScope: "private" }, method);
  }
  const read = await client.post({ method: "resources/read", params: { uri: "stub://one" } });
  t.match(read.json.result, { contents: [{ text: "first" }], ttlMs: 0, cacheScope: "private" });
  t.notMatch((await client.call("echo")).json.result, { ttlMs: Number });
});

t.test("all requests of a grant run on one worker", async (t) => {
  const pid = async () =>
    JSON.parse((await client.call("process")).json.result.content[0]!.text) as { pid: number };
  const first = await pid();
  await client.post({ method: "tools/list" });
  t.same(await pid(), first);
  const before = daemon.authServer.tokenRequests;
  const other = new StatelessClient(daemon, await daemon.grant());
  await other.post({ method: "server/discover" });
  await other.call("echo");
  t.equal(daemon.authServer.tokenRequests, before + 1);
});

t.test("an id of a session and of an event are ignored, and none is minted", async (t) => {
  const { id } = await McpSession.open(daemon, grant);
  const key = redisKeys.session(sha256Hex(id!));
  const other = new StatelessClient(daemon, await daemon.grant());
  const monitor = await monitorCommands(daemon.redis);
  t.teardown(() => monitor.close());
  for (const session of [id, "no-such-session"]) {
    const reply = await other.call("echo", {}, {}, { "mcp-session-id": session, "last-event-id": "1" });
    t.equal(reply.status, 200);
    t.equal(reply.headers["mcp-session-id"], undefined);
  }
  const commands = await monitor.commands();
  t.ok(
    commands.some(([name]) => name === "MGET"),
    "its token is read",
  );
  t.strictSame(
    commands.filter((command) => command.includes(key)),
    [],
    "another grant of the account would take the session over",
  );
});

t.test("the child gets none of the protocol's own fields, and all others", async (t) => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";
  const meta = {
    ...requestMeta,
    "io.modelcontextprotocol/logLevel": "debug",
    "io.modelcontextprotocol/other": 1,
    "com.example/own": { deep: [1.0] },
    traceparent,
  };
  await client.call("echo", { marker: "fields" }, { meta });
  const line = (await received()).find(({ params }) => JSON.stringify(params ?? {}).includes('"fields"'));
  t.strictSame(line?.params?._meta, { "com.example/own": { deep: [1] }, traceparent });
  const plain = (await received()).findLast(({ method }) => method === "tools/call");
  t.notOk("_meta" in plain!.params!);
});

t.test("progress comes first, with the client's own token, and then the response", async (t) => {
  for (const progressToken of ["one", 1, 12_345_678_901]) {
    const stream = await client.stream({
      id: "p",
      method: "tools/call",
      params: { name: "echo", arguments: { progress: 2 } },
      meta: { ...requestMeta, progressToken },
    });
    t.equal(stream.headers["content-type"], "text/event-stream");
    t.equal(stream.headers["x-accel-buffering"], "no");
    await stream.untilClosed();
    t.match(stream.messages, [
      { method: "notifications/progress", params: { progressToken, progress: 1 } },
      { method: "notifications/progress", params: { progressToken, progress: 2 } },
      { id: "p", result: completeResult },
    ]);
    t.notMatch(stream.received, /^(id|retry):/m);
  }
});

/** A call whose stream has begun with a comment, and the gate that holds it. */
async function commentedCall(t: Test) {
  const commenting = await startSessionDaemon(t, { FJMCP_KEEP_ALIVE_SECONDS: "0.2" });
  const client = new StatelessClient(commenting, await commenting.grant());
  const gate = closedGate(t);
  const params = { name: "echo", arguments: { whileExists: gate.file } };
  const stream = await client.stream({ method: "tools/call", params });
  await waitUntil("a comment should come", () => /^: /m.test(stream.received));
  return { client, gate, stream };
}

t.test("comments keep a long call's stream alive", async (t) => {
  const { gate, stream } = await commentedCall(t);
  gate.open();
  await stream.untilClosed();
  t.match(stream.messages, [{ id: 1, result: completeResult }]);
});

t.test("a client that accepts only JSON, or only events, gets that", async (t) => {
  const json = await client.call("echo", { progress: 2 }, {}, { accept: "application/json" });
  t.match(json.json.result, completeResult);
  const events = await client.stream({ method: "tools/list" }, { accept: "text/event-stream" });
  await events.untilClosed();
  t.match(events.messages, [{ id: 1, result: completeResult }]);
});

const legacyOnly = ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"];

t.test("a method that the revision does not have is 404, with the id", async (t) => {
  for (const method of [...legacyOnly, "tasks/list", "sampling/createMessage", "no/such", "constructor"]) {
    const reply = await client.post({ id: "x", method });
    t.equal(reply.status, 404, method);
    t.match(reply.json, { jsonrpc: "2.0", id: "x", error: { code: -32601 } });
  }
});

t.test("a method that only the child rejects is 404 too", async (t) => {
  const reply = await client.post({ id: 3, method: "prompts/list" });
  t.equal(reply.status, 404);
  t.match(reply.json, { id: 3, error: { code: -32601 } });
});

t.test(
  "initialize without valid fields of the revision opens a session, whatever the header names",
  async (t) => {
    const session = new McpSession(daemon, grant);
    for (const meta of [undefined, {}, { "io.modelcontextprotocol/protocolVersion": "2025-11-25" }]) {
      const message = initialize();
      const params = { ...message.params, ...(meta === undefined ? {} : { _meta: meta }) };
      const reply = await session.post({ ...message, params }, { "mcp-protocol-version": "2026-07-28" });
      t.equal(reply.status, 200);
      t.type(reply.headers["mcp-session-id"], "string");
    }
  },
);

t.test("notifications are accepted, and have no effect", async (t) => {
  const notification = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } };
  const claim = { ...notification, params: { ...notification.params, _meta: requestMeta } };
  const header = { "mcp-protocol-version": "2026-07-28" };
  for (const [message, headers] of [
    [notification, header],
    [claim, header],
    [claim, {}],
    [
      { jsonrpc: "2.0", method: "notifications/example" },
      { ...header, "mcp-method": "notifications/example" },
    ],
  ] as const) {
    const reply = await client.raw(JSON.stringify(message), headers);
    t.equal(reply.status, 202);
    t.equal(reply.text, "");
  }
});

t.test("GET and DELETE are not allowed in the revision, and its responses cannot be posted", async (t) => {
  const session = await McpSession.open(daemon, grant);
  for (const method of ["GET", "DELETE"]) {
    const reply = await session.send(method, { "mcp-protocol-version": "2026-07-28" });
    t.equal(reply.status, 405);
    t.equal(reply.headers.allow, "POST, OPTIONS");
  }
  const reply = await client.raw('{"jsonrpc":"2.0","id":1,"result":{}}', {
    "mcp-protocol-version": "2026-07-28",
  });
  t.equal(reply.status, 400);
});

t.test("the same id in both eras and twice in one are different calls", async (t) => {
  const gate = closedGate(t);
  const session = await McpSession.open(daemon, grant);
  const { live } = (await daemon.health()).workers;
  const args = (name: string) => ({ name, whileExists: gate.file });
  const calls = [
    client.call("echo", args("first"), { id: 5 }),
    client.call("echo", args("second"), { id: 5 }),
    session.post(callTool(5, "echo", args("session"))),
  ];
  await waitUntil("all are with the child", () => gate.waiting === 3);
  gate.open();
  const replies = await Promise.all(calls);
  t.match(
    replies.map(({ json }) => [json.id, json.result.content[0]!.text]),
    [
      [5, /first/],
      [5, /second/],
      [5, /session/],
    ],
  );
  t.notMatch(replies[2]!.json.result, { resultType: String });
  t.equal((await daemon.health()).workers.live, live);
});

t.test("the end of the connection cancels the call, and frees its place", async (t) => {
  for (const accept of ["application/json", "application/json, text/event-stream"]) {
    const gate = closedGate(t);
    const controller = new AbortController();
    const message = {
      method: "tools/call",
      params: { name: "echo", arguments: { whileExists: gate.file, accept } },
    };
    const failed = t.rejects(client.post(message, { accept }, controller.signal));
    await waitUntil("it is with the child", () => gate.waiting === 1);
    controller.abort();
    await failed;
    const cancelled = await waitUntil("the child is notified", async () => {
      const lines = await received();
      const { id } = lines.find(({ params }) => JSON.stringify(params ?? {}).includes(gate.file))!;
      return lines.find(
        ({ method, params }) => method === "notifications/cancelled" && params?.requestId === id,
      );
    });
    t.ok(cancelled);
    gate.open();
    t.equal((await client.call("echo")).status, 200);
  }
});

t.test("the end of a begun stream cancels its call", async (t) => {
  const { client, gate, stream } = await commentedCall(t);
  stream.abandon();
  await waitUntil("the child is notified", async () => {
    const lines = await received(client);
    const call = lines.find(({ params }) => JSON.stringify(params ?? {}).includes(gate.file));
    return lines.some(
      ({ method, params }) => method === "notifications/cancelled" && params?.requestId === call?.id,
    );
  });
  gate.open();
});

t.test("the child's errors lose codes that only the protocol may use, and keep all else", async (t) => {
  const emit = async (error: object) => {
    const line = `{"jsonrpc":"2.0","id":ID,"error":${JSON.stringify(error)}}`;
    const own = (await received()).findLast(({ method }) => method === "tools/call")!.id! + 1;
    return client.call("emit", { lines: [line.replace("ID", String(own))], respond: false }, { id: 9 });
  };
  for (const [code, expected] of [
    [-32002, -32602],
    [-32020, -32603],
    [-32021, -32603],
    [-32022, -32603],
    [-32042, -32603],
    [-32099, -32603],
    [-32000, -32000],
    [7, 7],
  ] as const) {
    const reply = await emit({ code, message: "no", data: { uri: "x", requiredCapabilities: {} } });
    t.equal(reply.status, 200);
    t.match(reply.json, { id: 9, error: { code: expected, message: "no", data: { uri: "x" } } }, `${code}`);
  }
});

t.test("a denied argument is rejected as in a session", async (t) => {
  const reply = await client.call("echo", { file_path: "/etc/passwd" });
  t.match(reply.json, { error: { code: -32602, message: /file_path/ } });
});
