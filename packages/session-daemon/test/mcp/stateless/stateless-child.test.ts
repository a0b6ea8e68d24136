import { setTimeout as sleep } from "node:timers/promises";
import { childCommand, sdkStatelessMcp } from "@fjmcp/testkit/children/child-command";
import t from "tap";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../../support/mcp-session.ts";
import { startSessionDaemon } from "../../support/running-daemon.ts";
import { connectSdkClient } from "../../support/sdk-client.ts";
import { requestMeta, StatelessClient } from "../../support/stateless-client.ts";

const daemon = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: childCommand("stateless") });
const grant = await daemon.grant();
const client = new StatelessClient(daemon, grant);
const serverInfo = { "io.modelcontextprotocol/serverInfo": { name: "stub-stateless", version: "2.0.0" } };

t.test("a client of the same revision gets what the child says, with nothing twice", async (t) => {
  const discovered = await client.post({ method: "server/discover" });
  t.match(discovered.json.result, {
    capabilities: { extensions: { "com.example/ui": { mimeTypes: ["text/html"] } } },
    instructions: "Only modern.",
    _meta: serverInfo,
  });
  t.notMatch(discovered.json.result, {
    capabilities: { extensions: { "io.modelcontextprotocol/tasks": {} } },
  });
  const called = await client.call("echo", { a: 1 });
  t.strictSame(called.json.result, {
    resultType: "complete",
    _meta: { ...serverInfo, "com.example/own": true },
    content: [{ type: "text", text: '{"a":1}' }],
  });
  t.equal(called.text.split("resultType").length, 2);
  const { text, json } = await client.post({ method: "tools/list" });
  t.match(json.result, { resultType: "complete", ttlMs: 5, cacheScope: "private" });
  t.equal(text.split("cacheScope").length, 2);
});

t.test("a client's own fields reach the child, with the worker's progress token", async (t) => {
  const meta = {
    ...requestMeta,
    traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
    progressToken: "mine",
    "com.example/x": 1,
  };
  const reply = await client.call("meta", {}, { meta }, { accept: "application/json" });
  const got = JSON.parse(reply.json.result.content[0]!.text) as Record<string, unknown>;
  t.match(got, { ...meta, progressToken: Number });
});

t.test(
  "the child gets no capability of tasks, which are not forwarded, and all others of the client",
  async (t) => {
    const capabilities = "io.modelcontextprotocol/clientCapabilities";
    const others = { elicitation: {}, extensions: { "com.example/ui": { mimeTypes: ["text/html"] } } };
    const extensions = { ...others.extensions, "io.modelcontextprotocol/tasks": {} };
    const meta = { ...requestMeta, [capabilities]: { ...others, extensions } };
    const reply = await client.call("meta", {}, { meta });
    const got = JSON.parse(reply.json.result.content[0]!.text) as Record<string, unknown>;
    t.strictSame(got[capabilities], others);
  },
);

t.test("input that the child requires is asked for and passed on", async (t) => {
  const missing = await client.call("ask");
  t.equal(missing.status, 400);
  t.match(missing.json.error, { code: -32021, data: { requiredCapabilities: { elicitation: {} } } });
  const meta = { ...requestMeta, "io.modelcontextprotocol/clientCapabilities": { elicitation: {} } };
  const asked = await client.call("ask", {}, { meta });
  t.match(asked.json.result, { resultType: "input_required", requestState: "s", _meta: serverInfo });
  t.notMatch(asked.json.result, { ttlMs: Number });
  const params = {
    name: "ask",
    arguments: {},
    inputResponses: { name: { action: "accept" } },
    requestState: "s",
  };
  const done = await client.post({ method: "tools/call", params, meta });
  t.match(done.json.result, { resultType: "complete", content: [{ text: '{"name":{"action":"accept"}}' }] });
});

t.test("a client with a session is served by the child of the later revision", async (t) => {
  const session = await McpSession.open(daemon, grant);
  const echoed = await session.post(callTool(1, "echo", { b: 2 }));
  t.match(echoed.json, { id: 1, result: { content: [{ text: '{"b":2}' }] } });
  const meta = await session.post(callTool(2, "meta", {}, { "com.example/x": 1 }));
  t.match(JSON.parse(meta.json.result.content[0]!.text), {
    "com.example/x": 1,
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "fjmcp" },
    "io.modelcontextprotocol/clientCapabilities": {},
  });
});

t.test("a client with a session gets an error where the child needs to be called again", async (t) => {
  const session = await McpSession.open(daemon, grant);
  const call = callTool(1, "ask", { again: true });
  const error = { id: 1, error: { code: -32603, message: /only clients of MCP 2026-07-28 can give/ } };
  t.match((await session.post(call)).json, error);
  const batches = await McpSession.open(daemon, grant, "2025-03-26");
  t.match((await batches.post([call])).json, [error]);
  const asked = await client.call("ask", { again: true });
  t.match(asked.json.result, { resultType: "input_required", requestState: "s" });
});

t.test("structured content that is no object reaches each client in the form of its revision", async (t) => {
  const sdk = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: sdkStatelessMcp().command });
  const owner = await sdk.grant();
  const stateless = new StatelessClient(sdk, owner);
  const count = ({ result }: { result: { tools: readonly unknown[] } }) =>
    (result.tools as { name: string; outputSchema?: unknown }[]).find(({ name }) => name === "count");
  t.match(count((await stateless.post({ method: "tools/list" })).json)?.outputSchema, { type: "array" });
  t.match((await stateless.call("count")).json.result, { structuredContent: [1, 2] });
  const { client: session } = await connectSdkClient(t, sdk, owner);
  const { tools } = await session.listTools();
  t.notOk(tools.find(({ name }) => name === "count")?.outputSchema);
  t.match(await session.callTool({ name: "count", arguments: {} }), {
    content: [{ type: "text", text: "one, two" }],
    structuredContent: { result: [1, 2] },
  });
});

t.test("the first list after a restart has the form of its client's revision, too", async (t) => {
  const sdk = await startSessionDaemon(t, {
    FJMCP_CHILD_COMMAND: sdkStatelessMcp().command,
    FJMCP_TOOL_TABLE: "none",
  });
  const session = await McpSession.open(sdk, await sdk.grant());
  await sdk.restart("SIGTERM");
  const { tools } = (await session.post({ jsonrpc: "2.0", id: 1, method: "tools/list" })).json.result;
  const count = (tools as { name: string; outputSchema?: unknown }[]).find(({ name }) => name === "count");
  t.ok(count);
  t.equal(count?.outputSchema, undefined);
});

t.test("changes of the child's lists reach both kinds of streams", async (t) => {
  const session = await McpSession.open(daemon, grant);
  const standalone = await session.listen();
  t.teardown(() => standalone.abandon());
  const params = { notifications: { toolsListChanged: true } };
  const stream = await client.stream({ id: 1, method: "subscriptions/listen", params });
  t.teardown(() => stream.abandon());
  await sleep(2_100);
  await client.call("change");
  t.match(await standalone.expect(1), [{ method: "notifications/tools/list_changed" }]);
  t.match((await stream.expect(2))[1], {
    method: "notifications/tools/list_changed",
    params: { _meta: { "io.modelcontextprotocol/subscriptionId": 1 } },
  });
});
