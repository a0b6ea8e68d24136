import { childCommand, sdkChildCommand, sdkStatelessMcp } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import t from "tap";
import { closedGate } from "../../support/closed-gate.ts";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../../support/mcp-session.ts";
import { startSessionDaemon } from "../../support/running-daemon.ts";
import { connectSdkClient } from "../../support/sdk-client.ts";
import { requestMeta, StatelessClient } from "../../support/stateless-client.ts";

const daemon = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: childCommand("stateless") });
const logLevel = "io.modelcontextprotocol/logLevel";
const setLevel = (level: unknown) => ({
  jsonrpc: "2.0",
  id: 7,
  method: "logging/setLevel",
  params: { level },
});
const withLevel = (level: string) => ({ meta: { ...requestMeta, [logLevel]: level } });
const log = (level: string) => ({
  jsonrpc: "2.0",
  method: "notifications/message",
  params: { level, data: level },
});
/** A call that logs, of a client without sessions. */
const logging = (level: string, meta: object) => ({
  id: 3,
  method: "tools/call",
  params: { name: "log", arguments: { level, data: level } },
  ...meta,
});

t.test("the level of a session goes to the child with the session's requests", async (t) => {
  const grant = await daemon.grant();
  const [first, second] = [await McpSession.open(daemon, grant), await McpSession.open(daemon, grant)];
  const levelAtChild = async (session: McpSession) => {
    const { json } = await session.post(callTool(1, "meta"));
    return (JSON.parse(json.result.content[0]!.text) as Record<string, unknown>)[logLevel];
  };
  t.match((await first.post(setLevel("warning"))).json, { id: 7, result: {} });
  t.equal(await levelAtChild(first), "warning");
  t.equal(await levelAtChild(second), undefined);
  t.match((await first.post(setLevel("debug"))).json, { result: {} });
  t.equal(await levelAtChild(first), "debug");
  t.match((await first.post(setLevel("loud"))).json, { error: { code: -32602 } });
  const { text } = await first.post(callTool(1, "lines"));
  t.notMatch(text, "logging/setLevel");
});

t.test("a message goes with the call of the session, by its level", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant());
  await session.post(setLevel("warning"));
  const stream = await session.stream(callTool(1, "log", { level: "error", data: "error" }));
  t.match(await stream.expect(2), [log("error"), { id: 1, result: {} }]);
  const quiet = await session.post(callTool(2, "log", { level: "info", data: "info" }));
  t.equal(quiet.headers["content-type"], "application/json");
});

t.test("a message of one of several calls goes to the sessions by their levels", async (t) => {
  const grant = await daemon.grant();
  const sessions = await Promise.all(
    ["debug", "error"].map(async (level) => {
      const session = await McpSession.open(daemon, grant);
      await session.post(setLevel(level));
      const stream = await session.listen();
      t.teardown(() => stream.abandon());
      return { session, stream };
    }),
  );
  const [verbose, terse] = [sessions[0]!, sessions[1]!];
  const gate = closedGate(t);
  const waiting = terse.session.post(callTool(1, "echo", { whileExists: gate.file }));
  await waitUntil("the call is with the child", () => gate.waiting === 1);
  for (const level of ["info", "critical"])
    await verbose.session.post(callTool(2, "log", { level, data: level }));
  gate.open();
  await waiting;
  t.strictSame(await verbose.stream.expect(2), [log("info"), log("critical")]);
  t.strictSame(await terse.stream.expect(1), [log("critical")]);
});

t.test("a request without a session gets the messages of its level", async (t) => {
  const client = new StatelessClient(daemon, await daemon.grant());
  t.match((await client.post({ method: "server/discover" })).json.result, { capabilities: { logging: {} } });
  const stream = await client.stream(logging("error", withLevel("warning")));
  t.match(await stream.expect(2), [log("error"), { id: 3, result: {} }]);
  t.strictSame((await stream.expect(2))[0], log("error"));
  for (const [level, meta] of [
    ["info", withLevel("warning")],
    ["error", {}],
  ] as const) {
    const reply = await client.post(logging(level, meta));
    t.equal(reply.headers["content-type"], "application/json", "it has got no message");
    t.match(reply.json, { id: 3, result: {} });
  }
  const plain = await client.post(logging("error", withLevel("debug")), { accept: "application/json" });
  t.match(plain.json, { id: 3, result: {} });
});

t.test("a message that may belong to another request reaches none without a session", async (t) => {
  const client = new StatelessClient(daemon, await daemon.grant());
  const gate = closedGate(t);
  const waiting = client.call("echo", { whileExists: gate.file }, withLevel("debug"));
  await waitUntil("the call is with the child", () => gate.waiting === 1);
  const logged = await client.post(logging("error", withLevel("debug")));
  t.match(logged.json.result, { content: [{ text: "logged" }] });
  t.equal(logged.headers["content-type"], "application/json");
  gate.open();
  t.equal((await waiting).headers["content-type"], "application/json");
});

t.test("a child with sessions sends no messages to a request without one", async (t) => {
  const legacy = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: sdkChildCommand() });
  const client = new StatelessClient(legacy, await legacy.grant());
  const reply = await client.post(logging("error", withLevel("debug")));
  t.match(reply.json.result, { content: [{ text: '"logged"' }] });
  t.equal(reply.headers["content-type"], "application/json");
});

t.test("a client of the SDK sets the level of a server of the SDK", async (t) => {
  const sdk = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: sdkStatelessMcp().command });
  const grant = await sdk.grant();
  const { client, logs, use } = await connectSdkClient(t, sdk, grant);
  const silent = await connectSdkClient(t, sdk, grant);
  t.match(client.getServerCapabilities(), { logging: {} });
  await client.setLoggingLevel("warning");
  for (const level of ["info", "error"]) await use("log", { level, data: "talk" });
  await t.rejects(use("exit"));
  await use("log", { level: "critical", data: "after the crash" });
  await sdk.restart("SIGKILL");
  for (const level of ["info", "alert"]) await use("log", { level, data: "after the restart" });
  t.strictSame(logs, ["error talk", "critical after the crash", "alert after the restart"]);
  await silent.use("log", { level: "emergency", data: "talk" });
  t.strictSame(silent.logs, []);
});
