import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import {
  CreateMessageRequestSchema,
  ElicitationCompleteNotificationSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { childCommand, sdkChildCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import t from "tap";
import { callTool, initialize } from "@fjmcp/testkit/mcp-client/messages";
import { loggedLines } from "../support/logged-lines.ts";
import { McpSession } from "../support/mcp-session.ts";
import type { FixtureGrant } from "../support/grants.ts";
import { startSessionDaemon, type RunningDaemon } from "../support/running-daemon.ts";
import { connectSdkClient } from "../support/sdk-client.ts";

const daemon = await startSessionDaemon(t, {
  FJMCP_CHILD_COMMAND: sdkChildCommand(),
  FJMCP_CHILD_ISOLATION: "session",
  FJMCP_REQUEST_SECONDS: "20",
});
const everything = { sampling: {}, elicitation: { form: {}, url: {} }, roots: { listChanged: true } };

/** Responds to every kind of request, with the name. */
function respondAs(name: string) {
  return (client: Client) => {
    client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => ({
      model: name,
      role: "assistant",
      content: { type: "text", text: `${name}: ${JSON.stringify(params.messages[0]?.content)}` },
    }));
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: "accept", content: { name } }));
    client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [{ uri: `file:///${name}` }] }));
  };
}

function openSession(grant: FixtureGrant, capabilities: object = everything, on: RunningDaemon = daemon) {
  const session = new McpSession(on, grant);
  const message = initialize();
  return session
    .post({ ...message, params: { ...message.params, capabilities } })
    .then(({ headers }) => Object.assign(session, { id: headers["mcp-session-id"] as string }));
}

t.test("gives each session a worker with the client's own name and capabilities", async (t) => {
  const grant = await daemon.grant();
  const tasks = {
    tasks: { list: {} },
    extensions: { "io.modelcontextprotocol/tasks": {}, "com.example/ui": {} },
  };
  const first = await connectSdkClient(t, daemon, grant, { ...everything, ...tasks });
  const second = await connectSdkClient(t, daemon, grant);
  const [of1, of2] = [await first.use("state"), await second.use("state")];
  t.not(of1.pid, of2.pid);
  t.match(of1, { client: { name: "sdk-client", version: "1.0.0" }, capabilities: everything });
  t.notOk(of1.capabilities.tasks);
  t.strictSame(of1.capabilities.extensions, { "com.example/ui": {} });
  t.strictSame(of2.capabilities, {});
  t.match(first.client.getServerCapabilities(), { logging: {}, resources: { subscribe: true } });
});

t.test(
  "passes sampling, elicitation and roots to the client of the session, and its response back",
  async (t) => {
    const grant = await daemon.grant();
    const [ann, bob] = await Promise.all(
      ["ann", "bob"].map((name) => connectSdkClient(t, daemon, grant, everything, respondAs(name))),
    );
    const uses = ["ann", "bob"].flatMap((name, i) => {
      const { use } = [ann!, bob!][i]!;
      return Array.from({ length: 4 }, async (_, n) => {
        t.match(await use("sample", { text: `question ${n}` }), {
          model: name,
          content: { text: new RegExp(`^${name}: .*question ${n}`) },
        });
        t.strictSame(await use("elicit", { message: "?" }), { action: "accept", content: { name } });
        t.strictSame(await use("roots"), [{ uri: `file:///${name}` }]);
      });
    });
    await Promise.all(uses);
  },
);

t.test("rejects what the client has not declared, and passes on its error", async (t) => {
  const grant = await daemon.grant();
  const plain = await connectSdkClient(t, daemon, grant);
  for (const tool of ["sample", "elicit", "roots"])
    t.match(await plain.use(tool, { text: "?", message: "?" }), { code: -32601 }, tool);
  const rejecting = await connectSdkClient(t, daemon, grant, everything, (client) => {
    client.setRequestHandler(CreateMessageRequestSchema, () => {
      throw Object.assign(new Error("The user says no"), { code: -1 });
    });
  });
  t.match(await rejecting.use("sample", { text: "?" }), { code: -1, message: /The user says no/ });
});

t.test(
  "forwards log messages, updates and completed elicitations, as the session's own child decides",
  async (t) => {
    const completed: string[] = [];
    const { client, logs, updates, use } = await connectSdkClient(
      t,
      daemon,
      await daemon.grant(),
      everything,
      (c) =>
        c.setNotificationHandler(ElicitationCompleteNotificationSchema, ({ params }) => {
          completed.push(params.elicitationId);
        }),
    );
    await client.setLoggingLevel("warning");
    await use("log", { level: "info", data: "quiet" });
    await use("log", { level: "error", data: "loud" });
    await client.subscribeResource({ uri: "sdk://one" });
    await use("touch", { uri: "sdk://one" });
    await use("complete", { elicitationId: "e-1" });
    await waitUntil("the update should come", () => updates.length > 0 && completed.length > 0);
    t.strictSame(
      { logs, updates, completed },
      { logs: ["error loud"], updates: ["sdk://one"], completed: ["e-1"] },
    );
  },
);

t.test("sends a request with the only call, else on the standalone stream", async (t) => {
  const session = await openSession(await daemon.grant());
  const alone = await session.stream(callTool(1, "sample", { text: "one" }));
  const [request] = (await alone.expect(1)) as [{ id: string; method: string }];
  t.equal(request.method, "sampling/createMessage");
  const listening = await session.listen();
  t.teardown(() => listening.abandon());
  const second = session.post(callTool(2, "sample", { text: "two" }));
  const [other] = (await listening.expect(1)) as [{ id: string }];
  for (const { id } of [request, other])
    t.equal((await session.post({ jsonrpc: "2.0", id, result: { model: id } })).status, 202);
  await alone.expect(2);
  t.match((await second).json.result.content[0]!.text, other.id);
});

t.test("rebuilds requests and responses with ids of its own and all digits", async (t) => {
  const stub = await startSessionDaemon(t, {
    FJMCP_CHILD_COMMAND: childCommand("echo"),
    FJMCP_CHILD_ISOLATION: "session",
  });
  const session = await openSession(await stub.grant(), everything, stub);
  const numbers = '{"big":12345678901234567890,"one":1.0}';
  const ask = (id: string) => `{"jsonrpc":"2.0","id":${id},"method":"roots/list","params":${numbers}}`;
  const cancel = '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"7"}}';
  const stream = await session.stream(callTool(1, "emit", { lines: [ask("7"), ask('"7"'), cancel] }));
  const [first, second, cancelled] = (await stream.expect(4)) as [{ id: string }, { id: string }, object];
  t.equal(stream.received.split(`"method":"roots/list","params":${numbers}}`).length, 3);
  t.not(first.id, second.id);
  t.match(cancelled, { method: "notifications/cancelled", params: { requestId: second.id } });
  for (const { id } of [first, second])
    await session.post(`{"result":${numbers},"id":"${id}","jsonrpc":"2.0","extra":1,"Result":{}}`);
  const { json } = await session.post(callTool(2, "lines"));
  const lines = JSON.parse(json.result.content[0]!.text) as string[];
  t.strictSame(
    lines.filter((line) => line.includes("result")),
    [`{"jsonrpc":"2.0","id":7,"result":${numbers}}`],
  );
});

t.test("ignores responses of another session, with an unknown id, and after the first", async (t) => {
  const grant = await daemon.grant();
  const session = await openSession(grant);
  const other = await openSession(grant);
  const foreign = await openSession(await daemon.grant({ accountId: "2", clientId: "client-2" }));
  const stream = await session.stream(callTool(1, "roots"));
  const [{ id }] = (await stream.expect(1)) as [{ id: string }];
  const response = (uri: string, of: unknown = id) => ({
    jsonrpc: "2.0",
    id: of,
    result: { roots: [{ uri }] },
  });
  for (const stranger of [other, foreign])
    t.equal((await stranger.post(response("file:///stolen"))).status, 202);
  for (const unknown of [1, 0, "1", "x", null, id.toUpperCase() + "."])
    t.equal((await session.post(response("file:///unknown", unknown))).status, 202);
  t.equal(stream.messages.length, 1);
  t.equal((await session.post(response(`file:///${"x".repeat(5_000_000)}`))).status, 413);
  await Promise.all(["first", "second"].map((name) => session.post(response(`file:///${name}`))));
  const [, { result }] = (await stream.expect(2)) as [unknown, { result: { content: [{ text: string }] } }];
  t.match(result.content[0].text, /^\[{"uri":"file:\/\/\/(first|second)"}\]$/);
});

t.test("gives the child an error for a response that is none", async (t) => {
  const session = await openSession(await daemon.grant());
  for (const member of [
    '"result":7',
    '"result":[]',
    '"error":{"code":"x"}',
    '"error":{"code":1.5,"message":"m"}',
  ]) {
    const stream = await session.stream(callTool(member, "roots"));
    const [{ id }] = (await stream.expect(1)) as [{ id: string }];
    await session.post(`{"jsonrpc":"2.0","id":"${id}",${member}}`);
    const [, { result }] = (await stream.expect(2)) as [unknown, { result: { content: [{ text: string }] } }];
    t.match(result.content[0].text, "response is invalid", member);
  }
});

t.test("gives the child an error when no stream is open, or no response comes", async (t) => {
  const brief = await startSessionDaemon(t, {
    FJMCP_CHILD_COMMAND: sdkChildCommand(),
    FJMCP_CHILD_ISOLATION: "session",
    FJMCP_REQUEST_SECONDS: "8",
  });
  const session = new McpSession(brief, await brief.grant());
  const message = initialize();
  const opened = await session.post({ ...message, params: { ...message.params, capabilities: everything } });
  session.id = opened.headers["mcp-session-id"] as string;
  const unheard = await session.post(callTool(1, "roots"), { accept: "application/json" });
  t.match(unheard.json.result.content[0]!.text, "no open stream");
  const stream = await session.listen();
  t.teardown(() => stream.abandon());
  await session.post(callTool(2, "roots"), { accept: "application/json" });
  const [{ id }] = (await stream.expect(2)) as [{ id: string }];
  t.match(stream.messages[1], { method: "notifications/cancelled", params: { requestId: id } });
});

t.test("ends the session with its process: 404, no record, no stream", async (t) => {
  const grant = await daemon.grant({ accountId: "5" });
  const session = await openSession(grant);
  const other = await openSession(grant);
  const stream = await session.listen();
  t.match((await session.post(callTool(1, "exit"))).json, { error: { message: /ended/ } });
  await stream.untilClosed();
  t.equal((await session.post(callTool(2, "state"))).status, 404);
  t.equal((await session.send("GET")).status, 404);
  t.ok((await other.post(callTool(1, "state"))).json.result);
  await waitUntil(
    "the record should be gone",
    async () => (await daemon.sessions("?accountId=5")).length === 1,
  );
  t.match(await daemon.completeLog(), /"event":"session.closed".*"reason":"worker_ended"/);
  t.match(
    (await daemon.control("GET", "/metrics")).text,
    /^fjmcp_sessions_ended_total\{reason="worker_ended",.* [1-9]\d*$/m,
  );
});

t.test("ends the process with its session, its grant, and the daemon", async (t) => {
  const grant = await daemon.grant({ accountId: "6" });
  const workers = async () =>
    (await daemon.control("GET", "/workers?accountId=6")).json as { workers: unknown[] };
  const sessions = [await openSession(grant), await openSession(grant), await openSession(grant)];
  t.equal((await workers()).workers.length, 3);
  t.equal((await sessions[0]!.send("DELETE")).status, 204);
  t.equal((await sessions[0]!.post(callTool(1, "state"))).status, 404);
  await waitUntil("the worker should end", async () => (await workers()).workers.length === 2);
  const [{ sessionRef }] = (await daemon.sessions("?accountId=6")) as unknown as [{ sessionRef: string }];
  await daemon.control("POST", "/sessions/end", { by: "session", sessionRef });
  await waitUntil("the worker should end", async () => (await workers()).workers.length === 1);
  await daemon.control("POST", "/sessions/end", { by: "grant", grantId: grant.grantId });
  t.equal((await workers()).workers.length, 0);
  const last = await openSession(await daemon.grant({ accountId: "6" }));
  await daemon.restart("SIGTERM");
  t.equal((await last.post(callTool(1, "state"))).status, 404);
  t.strictSame(await daemon.sessions("?accountId=6"), []);
  const closed = await loggedLines<{ accountId: string; reason: string }>(daemon, "session.closed");
  t.same(
    closed.filter(({ accountId }) => accountId === "6").map(({ reason }) => reason),
    ["client", "administrator", "worker_ended", "worker_ended"],
    "one line for each session",
  );
});

t.test("ends the account's idle session that is unused longest when its limit is reached", async (t) => {
  const small = await startSessionDaemon(t, {
    FJMCP_CHILD_COMMAND: sdkChildCommand(),
    FJMCP_CHILD_ISOLATION: "session",
    FJMCP_MAX_WORKERS_PER_ACCOUNT: "2",
  });
  const grant = await small.grant();
  const first = await McpSession.open(small, grant);
  const second = await McpSession.open(small, grant);
  await first.post(callTool(1, "state"));
  const third = await McpSession.open(small, grant);
  t.equal((await second.post(callTool(1, "state"))).status, 404);
  t.ok((await first.post(callTool(2, "state"))).json.result);
  t.ok((await third.post(callTool(1, "state"))).json.result);
});

t.test("ends a session that is idle, unless its client listens", async (t) => {
  const brief = await startSessionDaemon(t, {
    FJMCP_CHILD_COMMAND: sdkChildCommand(),
    FJMCP_CHILD_ISOLATION: "session",
    FJMCP_IDLE_SECONDS: "4",
  });
  const grant = await brief.grant();
  const listener = await McpSession.open(brief, grant);
  const stream = await listener.listen();
  t.teardown(() => stream.abandon());
  const silent = await McpSession.open(brief, grant);
  await waitUntil("the idle session should end", async () => {
    const { length } = await brief.sessions("?accountId=1");
    return length === 1;
  });
  t.equal((await silent.post(callTool(1, "state"))).status, 404);
  t.ok((await listener.post(callTool(1, "state"))).json.result);
});

t.test(
  "a request with another grant of the account neither finds a session nor becomes its owner",
  async (t) => {
    const [first, second] = [await daemon.grant(), await daemon.grant()];
    const session = await openSession(first);
    const stream = await session.listen();
    t.teardown(() => stream.abandon());
    const foreign = new McpSession(daemon, second, session.id);
    t.equal((await foreign.post({ jsonrpc: "2.0", id: 1, method: "ping" })).status, 404);
    await daemon.control("POST", "/sessions/end", { by: "grant", grantId: second.grantId });
    t.equal((await session.post(callTool(2, "state"))).status, 200);
    t.notOk(stream.closed);
  },
);
