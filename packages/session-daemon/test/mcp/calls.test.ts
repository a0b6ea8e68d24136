import t from "tap";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { closedGate } from "../support/closed-gate.ts";
import { callTool, initialize } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t);
const grant = await daemon.grant();
const session = await McpSession.open(daemon, grant);

t.test("responds in plain JSON when the response comes first", async (t) => {
  const response = await session.post(callTool(7, "echo", { text: "Grüße" }));
  t.equal(response.status, 200);
  t.equal(response.headers["content-type"], "application/json");
  t.match(response.json, { jsonrpc: "2.0", id: 7, result: { content: [{ text: '{"text":"Grüße"}' }] } });
});

t.test("returns ids as they were sent", async (t) => {
  for (const id of ["1", '"1"', "0", "-5", "9007199254740993123", '"\\u00e9\\n"', '""']) {
    const { text } = await session.post(
      `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"echo","arguments":{}}}`,
    );
    t.ok(text.includes(`"id":${id === '"\\u00e9\\n"' ? '"é\\n"' : id}`), text);
    const ping = await session.post(`{"jsonrpc":"2.0","id":${id},"method":"ping"}`);
    t.ok(ping.text.startsWith(`{"jsonrpc":"2.0","id":`));
    t.strictSame(ping.json.result, {});
  }
});

t.test(
  "responds with an event stream when progress comes first, in order and with the client's own token",
  async (t) => {
    const stream = await session.stream(callTool(8, "echo", { progress: 3 }, { progressToken: "mine" }));
    t.equal(stream.headers["content-type"], "text/event-stream");
    t.equal(stream.headers["cache-control"], "no-store");
    t.equal(stream.headers["x-accel-buffering"], "no");
    await stream.untilClosed();
    t.match(stream.messages, [
      { method: "notifications/progress", params: { progressToken: "mine", progress: 1 } },
      { method: "notifications/progress", params: { progressToken: "mine", progress: 2 } },
      { method: "notifications/progress", params: { progressToken: "mine", progress: 3 } },
      { id: 8, result: {} },
    ]);
    t.equal(stream.messages.length, 4);
  },
);

t.test(
  "a denied argument is rejected before it reaches the child, at any depth and in any case",
  async (t) => {
    for (const args of [{ file_path: "/etc/passwd" }, { of: [{ Output_Path: "/tmp/canary" }] }]) {
      const { status, json } = await session.post(callTool(11, "echo", args));
      t.equal(status, 200);
      t.match(json, {
        id: 11,
        error: {
          code: -32602,
          message:
            /^The argument "(file|output)_path" is not allowed here.*only the administrator can allow it/,
        },
      });
    }
    const { text } = await session.post(callTool(12, "lines", {}));
    t.notMatch(text, /canary|passwd/);
    t.match(await daemon.log(), /"event":"call\.argument_denied".*"argument":"file_path"/);
    t.notMatch(await daemon.log(), /canary|passwd/);
  },
);

t.test("an allowed argument of a denied name reaches its tool", async (t) => {
  const allowing = await startSessionDaemon(t, {
    FJMCP_CHILD_DENIED_ARGUMENTS: "text",
    FJMCP_CHILD_ALLOWED_ARGUMENTS: "echo.text",
  });
  const session = await McpSession.open(allowing, await allowing.grant());
  t.match((await session.post(callTool(13, "echo", { text: "x" }))).json, { result: {} });
  t.match((await session.post(callTool(14, "lines", { text: "x" }))).json, { error: { code: -32602 } });
  t.match((await session.post(callTool(15, "echo", { file_path: "x" }))).json, { error: { code: -32602 } });
});

t.test("keeps a long call alive with comments", async (t) => {
  const commenting = await startSessionDaemon(t, { FJMCP_KEEP_ALIVE_SECONDS: "0.2" });
  const session = await McpSession.open(commenting, await commenting.grant());
  const gate = closedGate(t);
  const stream = await session.stream(callTool(9, "echo", { whileExists: gate.file }));
  t.equal(stream.headers["content-type"], "text/event-stream");
  await waitUntil("a comment should come", () => stream.received.includes("\n\n: keep-alive\n\n"));
  gate.open();
  await stream.untilClosed();
  t.match(stream.messages, [{ id: 9, result: {} }]);
});

t.test("sends one response and no notifications to a client that accepts only JSON", async (t) => {
  const response = await session.post(
    callTool(10, "echo", { progress: 2, sleepMs: 500 }, { progressToken: 1 }),
    { accept: "application/json" },
  );
  t.equal(response.headers["content-type"], "application/json");
  t.match(response.json, { id: 10, result: {} });
});

t.test("sends the response as an event to a client that accepts only events", async (t) => {
  const stream = await session.stream(callTool(11, "echo"), { accept: "text/event-stream" });
  t.match(await stream.expect(1), [{ id: 11, result: {} }]);
  await stream.untilClosed();
});

t.test(
  "runs a call as an ordinary one although the client wants a task, since tasks are not offered",
  async (t) => {
    const response = await session.post({
      jsonrpc: "2.0",
      id: 16,
      method: "tools/call",
      params: { name: "lines", arguments: { task: "an argument stays" }, task: { ttl: 60_000 } },
    });
    const lines = JSON.parse(response.json.result.content[0]!.text) as string[];
    const { params } = JSON.parse(lines.at(-1)!) as { params: object };
    t.strictSame(params, { name: "lines", arguments: { task: "an argument stays" } });
  },
);

t.test("passes on an error of the child", async (t) => {
  const response = await session.post(callTool(12, "no-such-tool"));
  t.equal(response.status, 200);
  t.match(response.json, { id: 12, error: { code: -32602, message: "Unknown tool: no-such-tool" } });
});

t.test("rejects requests that are not forwarded with −32601", async (t) => {
  for (const method of ["tasks/list", "sampling/createMessage", "server/discover", "no/such"]) {
    const response = await session.post({ jsonrpc: "2.0", id: 13, method });
    t.equal(response.status, 200);
    t.match(response.json, { jsonrpc: "2.0", id: 13, error: { code: -32601 } }, method);
  }
});

t.test("forwards lists and reads", async (t) => {
  const list = await session.post({ jsonrpc: "2.0", id: 14, method: "tools/list" });
  t.ok(list.json.result.tools.length > 0);
  const read = await session.post({
    jsonrpc: "2.0",
    id: 15,
    method: "resources/read",
    params: { uri: "stub://one" },
  });
  t.match(read.json.result.contents, [{ text: "first" }]);
});

t.test("rejects an id that is in flight in the session, but not in another form or session", async (t) => {
  const other = await McpSession.open(daemon, grant);
  const gate = closedGate(t);
  const first = session.post(callTool(16, "echo", { whileExists: gate.file, first: true }));
  await waitUntil("the call should run", () => gate.waiting === 1);
  const second = await session.post(callTool(16, "echo"));
  t.match(second, { status: 400, json: { id: 16, error: { code: -32600 } } });
  t.equal((await session.post(callTool("16", "echo"))).status, 200);
  t.equal((await other.post(callTool(16, "echo"))).status, 200);
  gate.open();
  t.match((await first).text, /first/);
  t.equal((await session.post(callTool(16, "echo"))).status, 200, "free again after the response");
});

t.test(
  "gives two sessions on one worker with the same ids and tokens only their own responses",
  async (t) => {
    const sessions = await Promise.all([1, 2, 3].map(() => McpSession.open(daemon, grant)));
    t.equal((await daemon.health()).workers.live, 1);
    const responses = await Promise.all(
      sessions.map(async (session, canary) => {
        const stream = await session.stream(
          callTool(
            1,
            "echo",
            { canary: `canary-${canary}`, progress: 2, sleepMs: 50 * (3 - canary) },
            { progressToken: 1 },
          ),
        );
        await stream.untilClosed();
        return stream;
      }),
    );
    for (const [i, stream] of responses.entries()) {
      t.equal(stream.messages.length, 3);
      for (const j of [0, 1, 2]) t.equal(stream.received.includes(`canary-${j}`), i === j);
    }
  },
);

t.test("keeps two accounts with the same ids apart", async (t) => {
  const accounts = ["100", "200"];
  await Promise.all(
    accounts.map(async (accountId) => {
      const session = await McpSession.open(daemon, await daemon.grant({ accountId }));
      for (let id = 0; id < 20; id++) {
        const { text } = await session.post(callTool(id, "echo", { canary: `canary-of-${accountId}` }));
        for (const other of accounts) t.equal(text.includes(`canary-of-${other}`), other === accountId);
      }
    }),
  );
});

t.test(
  "cancels nothing on a lost connection: the child gets no notification, and other calls continue",
  async (t) => {
    const stream = await session.stream(
      callTool(17, "echo", { progress: 1, sleepMs: 300 }, { progressToken: 1 }),
    );
    await stream.expect(1);
    stream.abandon();
    t.equal((await session.post(callTool(18, "echo"))).status, 200);
    // Its id is free once the child has responded.
    await waitUntil("the abandoned call should end", async () => {
      return (await session.post(callTool(17, "echo"))).status === 200;
    });
    const lines = await session.post(callTool(19, "lines"));
    t.notMatch(lines.text, /notifications\/cancelled/);
  },
);

t.test("frees the id of an abandoned call at once; it cancels only the newer call", async (t) => {
  const abandoned = await session.stream(
    callTool(30, "echo", { progress: 1, sleepMs: 60_000 }, { progressToken: 1 }),
  );
  await abandoned.expect(1);
  abandoned.abandon();
  const again = await waitUntil("the id should be free", async () => {
    const response = await session.stream(
      callTool(30, "echo", { progress: 1, sleepMs: 60_000 }, { progressToken: 2 }),
    );
    return response.status === 200 && response;
  });
  await again.expect(1);
  await session.post({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 30 } });
  await again.untilClosed();
  t.equal((await session.post(callTool(30, "echo"))).status, 200);
});

t.test("ends a cancelled call without a response and notifies the child", async (t) => {
  const gate = closedGate(t);
  const stream = await session.stream(
    callTool(20, "echo", { progress: 1, whileExists: gate.file }, { progressToken: 1 }),
  );
  await stream.expect(1);
  const cancel = (requestId: unknown, from = session) =>
    from.post({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } });
  const other = await McpSession.open(daemon, grant);
  t.equal((await cancel("20")).status, 202, "a string is another id");
  t.equal((await cancel(20, other)).status, 202, "and so is another session's");
  t.equal((await cancel(undefined)).status, 202);
  t.notOk(stream.closed);
  t.equal((await cancel(20)).status, 202);
  await stream.untilClosed();
  gate.open();
  t.equal(stream.messages.length, 1, "the progress alone");
  t.match((await session.post(callTool(21, "lines"))).text, /notifications\/cancelled/);
});

t.test("responds with an error to a cancelled call of a client that accepts only JSON", async (t) => {
  const gate = closedGate(t);
  const response = session.post(callTool(22, "echo", { whileExists: gate.file }), {
    accept: "application/json",
  });
  await waitUntil("the call should run", () => gate.waiting === 1);
  await session.post({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 22 } });
  t.match((await response).json, { id: 22, error: { code: -32000 } });
});

t.test("responds to initialize and ping with events where a client accepts only those", async (t) => {
  const accept = "text/event-stream";
  const opened = await new McpSession(daemon, grant).stream(initialize(), { accept });
  t.match(await opened.expect(1), [{ id: 1, result: { protocolVersion: "2025-11-25" } }]);
  t.ok(opened.headers["mcp-session-id"]);
});

t.test(
  "replaces a response of more than 16 MiB by an error that states the limit, and serves the next call",
  async (t) => {
    const huge = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: childCommand("huge") });
    const session = await McpSession.open(huge, await huge.grant());
    const response = await session.post(callTool(1, "huge", { bytes: 20_000_000 }));
    t.equal(response.status, 200);
    t.match(response.json, { id: 1, error: { message: /larger than 16777216 bytes/ } });
    const large = await session.post(callTool(2, "huge", { bytes: 16_000_000 }));
    t.match(large.json, { id: 2, result: {} });
  },
);
