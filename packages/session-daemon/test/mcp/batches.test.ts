import t from "tap";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { closedGate } from "../support/closed-gate.ts";
import type { FixtureGrant } from "../support/grants.ts";
import { callTool, initialize } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t);
const grant = await daemon.grant();
const session = await openSession("2025-03-26");
const ping = (id: unknown) => ({ jsonrpc: "2.0", id, method: "ping" });
const notification = { jsonrpc: "2.0", method: "notifications/unheard-of" };
const clientResponse = { jsonrpc: "2.0", id: 1, result: {} };
const onlyEvents = { accept: "text/event-stream" };

async function openSession(version: string, by: FixtureGrant = grant): Promise<McpSession> {
  const opened = new McpSession(daemon, by);
  opened.id = (await opened.post(initialize(version))).headers["mcp-session-id"] as string;
  return opened;
}

/** The responses of a batch by their ids, as JSON text. */
async function responsesTo(messages: unknown[], more: Record<string, string> = {}) {
  const response = await session.post(messages, more);
  t.equal(response.status, 200);
  const list = response.json as unknown as { id: unknown }[];
  t.ok(Array.isArray(list));
  return new Map(list.map((one) => [JSON.stringify(one.id), one]));
}

t.test("responds to the requests of a batch in one array, each as if posted alone", async (t) => {
  const responses = await responsesTo([
    ping(1),
    callTool("1", "echo", { text: 'Grüße, [\\"' }),
    notification,
    { jsonrpc: "2.0", id: 2, method: "logging/setLevels" },
    callTool(3, "echo", { file_path: "/etc/passwd" }),
    clientResponse,
  ]);
  t.equal(responses.size, 4);
  t.match(responses.get("1"), { jsonrpc: "2.0", result: {} });
  t.match(responses.get('"1"'), { result: { content: [{ text: /Grüße/ }] } });
  t.match(responses.get("2"), { error: { code: -32601 } });
  t.match(responses.get("3"), { error: { code: -32602, message: /is not allowed here/ } });
});

t.test("accepts notifications and responses alone with 202", async (t) => {
  for (const batch of [[notification, notification], [clientResponse], [notification, clientResponse]]) {
    const response = await session.post(batch);
    t.equal(response.status, 202);
    t.equal(response.text, "");
  }
});

t.test("responds with an error to each message that is none", async (t) => {
  const response = await session.post([1, {}, [ping(1)], { ...ping(7), Method: "x" }, ping(8)]);
  const list = response.json as unknown as { id: unknown; error?: { code: number } }[];
  t.same(
    list.map(({ id, error }) => [id, error?.code]),
    [
      [null, -32600],
      [null, -32600],
      [null, -32600],
      [null, -32600],
      [8, undefined],
    ],
  );
});

t.test("rejects initialize in a batch, and an id that the batch or the session has already", async (t) => {
  const gate = closedGate(t);
  const slow = session.post(callTool("slow", "echo", { whileExists: gate.file }));
  await waitUntil("the call should run", () => gate.waiting === 1);
  const responses = await responsesTo([
    { ...initialize("2025-03-26"), id: "init" },
    callTool("slow", "echo"),
    ping("other"),
  ]);
  t.match(responses.get('"init"'), { error: { code: -32600, message: /initialize/ } });
  t.match(responses.get('"slow"'), { error: { code: -32600, message: /in flight/ } });
  t.match(responses.get('"other"'), { result: {} });
  gate.open();
  t.equal((await slow).status, 200);

  const response = await session.post([ping(1), ping(1)]);
  const list = response.json as unknown as { error?: { code: number } }[];
  t.same(
    list.map(({ error }) => error?.code),
    [undefined, -32600],
  );
});

t.test("rejects what is no batch as a whole", async (t) => {
  const cases: [unknown, number][] = [
    ["[]", -32600],
    [" [ \n ] ", -32600],
    [Array.from({ length: 101 }, (_, id) => ping(id)), -32600],
    ["[{}", -32700],
    ["[{},]", -32700],
    ["[{} {}]", -32700],
    ['[{"a":"]', -32700],
    [`[${JSON.stringify(ping(1))}] []`, -32700],
    [`${"[".repeat(5_000)}${"]".repeat(5_000)}`, -32600],
    [Array.from({ length: 90 }, (_, i) => ({ ...ping(i), params: keys(i) })), -32600],
  ];
  for (const [batch, code] of cases) {
    const response = await session.post(batch);
    t.equal(response.status, 400, JSON.stringify(batch).slice(0, 50));
    t.equal(response.json.error.code, code);
  }
  function keys(batch: number) {
    return Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${batch}-${i}`, 1]));
  }
});

t.test("rejects a batch with a header that names a version which is not supported", async (t) => {
  for (const batch of [[ping(1)], [notification]]) {
    t.match(await session.post(batch, { "mcp-protocol-version": "bad" }), {
      status: 400,
      json: { id: null, error: { code: -32022 } },
    });
  }
});

t.test("rejects batches in sessions of later revisions, and where there is no session", async (t) => {
  for (const version of ["2025-06-18", "2025-11-25"]) {
    const response = await (await openSession(version)).post([ping(1)]);
    t.equal(response.status, 400);
    t.equal(response.json.error.code, -32600);
  }
  t.equal((await new McpSession(daemon, grant).post([ping(1)])).json.error.code, -32600);
  t.equal((await new McpSession(daemon, grant, "unknown").post([ping(1)])).status, 404);
  const withoutSessions = await session.post([ping(1)], { "mcp-protocol-version": "2026-07-28" });
  t.match(withoutSessions, { status: 400, json: { error: { code: -32600 } } });
});

t.test("responds with events to a client that accepts only those, and when a batch lasts long", async (t) => {
  const only = await session.stream([ping(1), ping(2)], onlyEvents);
  await only.untilClosed();
  t.match(only.messages, [{ id: 1 }, { id: 2 }]);

  const commenting = await startSessionDaemon(t, { FJMCP_KEEP_ALIVE_SECONDS: "0.5" });
  const its = await McpSession.open(commenting, await commenting.grant(), "2025-03-26");
  const gate = closedGate(t);
  const long = await its.stream([ping(1), callTool(2, "echo", { whileExists: gate.file })]);
  t.equal(long.headers["content-type"], "text/event-stream");
  t.match(await long.expect(1), [{ id: 1, result: {} }]);
  await waitUntil("a comment should come", () => long.received.includes(": keep-alive"));
  gate.open();
  await long.untilClosed();
  t.match(long.messages, [{ id: 1 }, { id: 2, result: {} }]);
});

t.test(
  "sends the progress of each call of a batch before its response, to a client that accepts events",
  async (t) => {
    const chatty = (id: number) => callTool(id, "echo", { progress: 2 }, { progressToken: `of ${id}` });
    const stream = await session.stream([ping(1), chatty(2), chatty(3)]);
    await stream.untilClosed();
    t.equal(stream.headers["content-type"], "text/event-stream");
    const progress = (id: number) => ({
      method: "notifications/progress",
      params: { progressToken: `of ${id}` },
    });
    for (const id of [2, 3]) {
      const its = stream.messages.filter((message) => JSON.stringify(message).includes(`"of ${id}"`));
      t.match(its, [progress(id), progress(id)]);
      const responded = stream.messages.findIndex((message) => (message as { id?: unknown }).id === id);
      t.ok(stream.messages.lastIndexOf(its.at(-1)) < responded);
    }
    t.equal(stream.messages.length, 7);

    const responses = await responsesTo([chatty(4)], { accept: "application/json" });
    t.match(responses.get("4"), { result: {} });
  },
);

t.test("sends large responses to a client that accepts only JSON in one array", async (t) => {
  const text = "x".repeat(50_000);
  const calls = [1, 2, 3, 4].map((id) => callTool(id, "echo", { text }));
  const responses = await responsesTo(calls, { accept: "application/json" });
  t.equal(responses.size, 4);
});

t.test("cancels a call of a batch, and responds to the others", async (t) => {
  const gate = closedGate(t);
  const batch = session.post([callTool("long", "echo", { whileExists: gate.file }), ping(2)], {
    accept: "application/json",
  });
  await waitUntil("the call should run", () => gate.waiting === 1);
  await session.post({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: "long" } });
  const list = (await batch).json as unknown as { id: unknown; error?: { message: string } }[];
  t.match(list, [{ id: 2 }, { id: "long", error: { message: /cancelled/ } }]);
});

t.test("sends the client to log in when the grant ends during a batch", async (t) => {
  const ending = await daemon.grant({ accountId: "9" });
  const its = await openSession("2025-03-26", ending);
  const gate = closedGate(t);
  const waiting = callTool(2, "echo", { whileExists: gate.file });
  const batch = its.post([notification, waiting], { accept: "application/json" });
  await waitUntil("the call should run", () => gate.waiting === 1);
  await daemon.control("POST", "/sessions/end", { by: "grant", grantId: ending.grantId });
  const response = await batch;
  t.equal(response.status, 401);
  t.match(response.headers["www-authenticate"], /error="invalid_token"/);
});

t.test("keeps the responses that it has when the grant ends during a batch", async (t) => {
  const ending = await daemon.grant({ accountId: "8" });
  const its = await openSession("2025-03-26", ending);
  const sleeping = callTool(2, "echo", { sleepMs: 30_000 });
  const batch = its.post([callTool(1, "echo", { text: "done" }), sleeping], { accept: "application/json" });
  await waitUntil("the child should have the first call", async () =>
    (await its.post(callTool("lines", "lines"))).text.includes("done"),
  );
  // The child responds to it after its response to the first.
  await its.post(callTool("later", "echo"));
  await daemon.control("POST", "/sessions/end", { by: "grant", grantId: ending.grantId });
  const reply = await batch;
  t.equal(reply.status, 200);
  t.match(reply.json, [
    { id: 1, result: {} },
    { id: 2, error: { message: /Log in again/ } },
  ]);
});

t.test("responds to a message that the store fails with an error of its own", async (t) => {
  await session.post(ping(1));
  await daemon.redis.call("CLIENT", "PAUSE", "60000", "WRITE");
  t.teardown(() => daemon.redis.call("CLIENT", "UNPAUSE"));
  const responses = await responsesTo(
    [
      callTool(1, "echo"),
      { jsonrpc: "2.0", id: 2, method: "logging/setLevel", params: { level: "debug" } },
      callTool(3, "echo"),
    ],
    { accept: "application/json" },
  );
  t.match(responses.get("1"), { result: {} });
  t.match(responses.get("2"), { error: { code: -32000, message: /Reference: \w+/ } });
  t.match(responses.get("3"), { result: {} });
});

t.test("stops waiting for a worker once the client of a batch has disconnected", async (t) => {
  const gate = closedGate(t);
  const slow = await startSessionDaemon(t, {
    FJMCP_CHILD_COMMAND: childCommand("echo", "--start-hold", gate.file),
  });
  gate.open();
  const waiting = async () => (await slow.health()).workers.waiting;
  const its = new McpSession(slow, await slow.grant());
  its.id = (await its.post(initialize("2025-03-26"))).headers["mcp-session-id"] as string;
  await slow.restart("SIGKILL");
  gate.close();
  const controller = new AbortController();
  const message = { jsonrpc: "2.0", method: "logging/setLevel", params: { level: "debug" } };
  const batch = slow.mcp({
    method: "POST",
    headers: its.headers(),
    body: JSON.stringify([
      { ...message, id: 1 },
      { ...message, id: 2 },
    ]),
    signal: controller.signal,
  });
  batch.catch(() => undefined);
  await waitUntil("it should wait for a worker", async () => (await waiting()) > 0);
  controller.abort();
  await waitUntil("it should wait no longer", async () => (await waiting()) === 0);
  t.equal((await slow.health()).workers.live, 0, "the worker is not ready yet");
});
