import { childCommand, sdkChildCommand } from "@fjmcp/testkit/children/child-command";
import t from "tap";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";
import { StatelessClient } from "../support/stateless-client.ts";

const isolated = { FJMCP_CHILD_ISOLATION: "session" };
const list = { jsonrpc: "2.0", id: "l", method: "tools/list" };

t.test("a session's own child lists its tools, without what the administrator denies", async (t) => {
  const daemon = await startSessionDaemon(t, {
    ...isolated,
    FJMCP_CHILD_COMMAND: sdkChildCommand(),
    FJMCP_TOOLS_DENY: "exit sdk://denied",
  });
  const grant = await daemon.grant();
  const [first, second] = [await McpSession.open(daemon, grant), await McpSession.open(daemon, grant)];
  for (const session of [first, second, first]) {
    const tools = JSON.stringify((await session.post(list)).json.result.tools);
    t.match(tools, '"name":"state"');
    t.notMatch(tools, '"name":"exit"');
  }
  for (const request of [
    callTool(2, "exit"),
    { jsonrpc: "2.0", id: 2, method: "resources/subscribe", params: { uri: "sdk://denied" } },
  ]) {
    t.match((await first.post(request)).json, {
      id: 2,
      error: { code: -32602, message: "FJMCP_TOOLS_DENY" },
    });
  }
  t.equal((await daemon.health()).workers.live, 2);
});

t.test("the audit names the tools that a session's own child has listed", async (t) => {
  const daemon = await startSessionDaemon(t, { ...isolated, FJMCP_CHILD_COMMAND: sdkChildCommand() });
  const session = await McpSession.open(daemon, await daemon.grant());
  await session.post(list);
  await session.post(callTool(1, "state"));
  await session.post(callTool(2, "canary"));
  const log = await waitUntil("both calls are logged", async () => {
    const text = await daemon.log();
    return text.split('"tool_call.completed"').length === 3 ? text : undefined;
  });
  t.match(log, /"event":"tool_call.completed".*"tool":"state"/);
  t.match(log, /"event":"tool_call.completed".*"tool":"unknown tools"/);
  t.match(log, /"event":"tools.unknown".*"state"/);
  t.notMatch(log, "canary");
});

t.test("limits of a connection hold before any other child has started", async (t) => {
  const daemon = await startSessionDaemon(t, { ...isolated, FJMCP_CHILD_COMMAND: sdkChildCommand() });
  const grant = await daemon.grant({}, { scope: "forgejo:read" });
  const session = await McpSession.open(daemon, grant);
  t.match((await session.post(callTool(1, "state"))).json, { error: { code: -32602 } });
  t.strictSame((await session.post(list)).json.result.tools, []);
  t.equal((await daemon.health()).workers.live, 1);
});

t.test("a session has its own child also where that speaks 2026-07-28 alone", async (t) => {
  const daemon = await startSessionDaemon(t, {
    ...isolated,
    FJMCP_CHILD_COMMAND: childCommand("stateless"),
  });
  const grant = await daemon.grant();
  const session = await McpSession.open(daemon, grant);
  await session.post({ jsonrpc: "2.0", method: "notifications/initialized" });
  t.match((await session.post(callTool(1, "echo", { text: "hello" }))).json, {
    id: 1,
    result: { content: [{ text: "hello" }] },
  });
  t.equal((await daemon.health()).workers.live, 1);
  const modern = new StatelessClient(daemon, grant);
  t.match((await modern.call("echo", { text: "hello" })).json, { result: { content: [{ text: "hello" }] } });
  t.equal((await daemon.health()).workers.live, 2, "requests without a session have a child of the grant");
});
