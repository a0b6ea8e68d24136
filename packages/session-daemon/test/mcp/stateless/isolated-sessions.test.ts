import { childCommand } from "@fjmcp/testkit/children/child-command";
import t from "tap";
import { closedGate } from "../../support/closed-gate.ts";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../../support/mcp-session.ts";
import { startSessionDaemon } from "../../support/running-daemon.ts";
import { connectSdkClient } from "../../support/sdk-client.ts";

const daemon = await startSessionDaemon(t, {
  FJMCP_CHILD_COMMAND: childCommand("stateless"),
  FJMCP_CHILD_ISOLATION: "session",
  FJMCP_REQUEST_SECONDS: "5",
});
const uri = "stub://one";
const request = (method: string, params: object) => ({ jsonrpc: "2.0", id: 1, method, params });
const subscribe = (uri: unknown) => request("resources/subscribe", { uri });
const unsubscribe = (uri: unknown) => request("resources/unsubscribe", { uri });
const setLevel = (level: unknown) => request("logging/setLevel", { level });

async function use(session: McpSession, tool: string, args: object = {}): Promise<unknown> {
  const { json } = await session.post(callTool(2, tool, args));
  return JSON.parse(json.result.content[0]!.text);
}

t.test("a session with a child of its own subscribes to its resources", async (t) => {
  const grant = await daemon.grant();
  const [session, other] = [await McpSession.open(daemon, grant), await McpSession.open(daemon, grant)];
  const [stream, otherStream] = [await session.listen(), await other.listen()];
  t.teardown(() => [stream, otherStream].forEach((each) => each.abandon()));
  t.match((await session.post(subscribe(uri))).json, { id: 1, result: {} });
  t.match((await session.post(subscribe("stub://two"))).json, { result: {} });
  t.match(await use(session, "streams"), [{ resourceSubscriptions: [uri, "stub://two"] }]);
  t.strictSame(await use(other, "touch", { uri }), { streams: 0 });
  t.strictSame(await use(session, "touch", { uri }), { streams: 1 });
  t.strictSame(await stream.expect(1), [
    { jsonrpc: "2.0", method: "notifications/resources/updated", params: { uri } },
  ]);
  t.match((await session.post(unsubscribe(uri))).json, { result: {} });
  t.strictSame(await use(session, "touch", { uri }), { streams: 0 });
  t.strictSame(otherStream.messages, []);
});

t.test(
  "a session gets no update of what it has unsubscribed from, though its child reports it",
  async (t) => {
    const session = await McpSession.open(daemon, await daemon.grant());
    const stream = await session.listen();
    t.teardown(() => stream.abandon());
    const gate = closedGate(t);
    gate.open();
    const held = `hold:${gate.file}`;
    for (const each of [uri, held]) t.match((await session.post(subscribe(each))).json, { result: {} });
    // From now on the child acknowledges no stream of what is left, so that the one with both stays.
    gate.close();
    t.match((await session.post(unsubscribe(uri))).json, { id: 1, result: {} });
    t.strictSame(await use(session, "touch", { uri }), { streams: 1 });
    await use(session, "touch", { uri: held });
    t.match(await stream.expect(1), [{ params: { uri: held } }]);
  },
);

t.test("what such a child rejects is not subscribed to", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant());
  for (const [rejected, code] of [
    ["reject:one", -32602],
    ["omit:one", -32602],
    [`hold:${closedGate(t).file}`, -32001],
    [7, -32602],
    [`stub://${"x".repeat(2_048)}`, -32602],
  ] as const)
    t.match((await session.post(subscribe(rejected))).json, { id: 1, error: { code } }, String(rejected));
  t.match((await session.post(subscribe(uri))).json, { result: {} });
  t.match(await use(session, "streams"), [{ resourceSubscriptions: [uri] }]);
});

t.test("a session with a child of its own has at most 100 subscriptions", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant());
  const replies = await Promise.all(
    Array.from({ length: 101 }, (_, i) => session.post({ ...subscribe(`stub://${i}`), id: i })),
  );
  const rejected = replies.filter(({ json }) => json.error !== undefined);
  t.match(
    rejected.map(({ json }) => json),
    [{ error: { message: /100 subscriptions/ } }],
  );
});

t.test("such a session's level goes to its child with its requests", async (t) => {
  const grant = await daemon.grant();
  const session = await connectSdkClient(t, daemon, grant);
  const other = await connectSdkClient(t, daemon, grant);
  t.match(session.client.getServerCapabilities(), { logging: {}, resources: { subscribe: true } });
  const raw = await McpSession.open(daemon, grant);
  t.match((await raw.post(setLevel("loud"))).json, { error: { code: -32602 } });
  await session.client.setLoggingLevel("warning");
  const level = "io.modelcontextprotocol/logLevel";
  t.match(await session.use("meta"), { [level]: "warning" });
  t.notMatch(await other.use("meta"), { [level]: String });
  for (const { client } of [session, other])
    await client.callTool({ name: "log", arguments: { level: "error", data: "talk" } });
  t.strictSame(session.logs, ["error talk"]);
  t.strictSame(other.logs, []);
});
