import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { childCommand, sdkChildCommand } from "@fjmcp/testkit/children/child-command";
import { callTool, initialize } from "@fjmcp/testkit/mcp-client/messages";
import { isRunning } from "@fjmcp/testkit/process/process-children";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { McpSession } from "../support/mcp-session.ts";
import type { FixtureGrant } from "../support/grants.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";
import { stalledRequest } from "../support/stalled-client.ts";

const daemon = await startSessionDaemon(t, {
  FJMCP_CHILD_COMMAND: sdkChildCommand(),
  FJMCP_CHILD_ISOLATION: "session",
});

function post(grant: FixtureGrant, changed: object) {
  const message = initialize();
  return new McpSession(daemon, grant).post({ ...message, params: { ...message.params, ...changed } });
}

t.test("says of a call that its ended session has interrupted that it may be done", async (t) => {
  const grant = await daemon.grant();
  const session = new McpSession(daemon, grant);
  const { headers } = await post(grant, { capabilities: { elicitation: {} } });
  session.id = headers["mcp-session-id"] as string;
  const stream = await session.listen();
  t.teardown(() => stream.abandon());
  const call = session.post(callTool(1, "elicit", { message: "?" }), { accept: "application/json" });
  await stream.expect(1);
  t.equal((await session.send("DELETE")).status, 204);
  t.match((await call).json, { id: 1, error: { code: -32000, message: /may or may not be done/ } });
});

t.test(
  "a session survives a question that its user leaves open, and ends with a child that hangs",
  async (t) => {
    const impatient = await startSessionDaemon(t, {
      FJMCP_CHILD_COMMAND: sdkChildCommand(),
      FJMCP_CHILD_ISOLATION: "session",
      FJMCP_REQUEST_SECONDS: "4",
    });
    const session = new McpSession(impatient, await impatient.grant());
    const message = initialize();
    const params = { ...message.params, capabilities: { elicitation: {} } };
    session.id = (await session.post({ ...message, params })).headers["mcp-session-id"] as string;
    const pidOf = async () => {
      const { json } = await session.post(callTool(1, "state"));
      return (JSON.parse(json.result.content[0]!.text) as { pid: number }).pid;
    };
    const pid = await pidOf();
    const elicitation = await session.stream(callTool(2, "elicit", { message: "?" }));
    await elicitation.untilClosed();
    t.match(elicitation.messages.at(-1), { id: 2, error: { code: -32001 } });
    t.equal(await pidOf(), pid);
    process.kill(pid, "SIGSTOP");
    t.teardown(() => isRunning(pid) && process.kill(pid, "SIGKILL"));
    t.match((await session.post(callTool(3, "state"))).json, { id: 3, error: { code: -32001 } });
    await waitUntil(
      "the session should end",
      async () => (await session.post(callTool(4, "state"))).status === 404,
    );
  },
);

t.test("a client that the child does not accept delays no other", async (t) => {
  const grant = await daemon.grant();
  for (const changed of [
    { capabilities: { sampling: 5 } },
    { capabilities: { roots: { listChanged: "yes" } } },
    { clientInfo: { name: "odd", version: 5 } },
  ]) {
    t.match(await post(grant, changed), {
      status: 200,
      json: { id: 1, error: { code: -32602, message: /initialize.* Reference: / } },
    });
    t.match((await post(grant, {})).json, { result: { serverInfo: {} } }, "at once");
  }
});

t.test("a session whose client is at work makes no room for another one between its calls", async (t) => {
  const small = await startSessionDaemon(t, {
    FJMCP_CHILD_COMMAND: sdkChildCommand(),
    FJMCP_CHILD_ISOLATION: "session",
    FJMCP_MAX_WORKERS_PER_ACCOUNT: "2",
    FJMCP_QUEUE_SECONDS: "3",
  });
  const grant = await small.grant();
  const sessions = [await McpSession.open(small, grant), await McpSession.open(small, grant)];
  const settled = new AbortController();
  const third = new McpSession(small, grant).post(initialize()).finally(() => settled.abort());
  const statuses = new Set<number>();
  while (!settled.signal.aborted) {
    for (const session of sessions) statuses.add((await session.post(callTool(1, "state"))).status);
    await sleep(100);
  }
  t.match((await third).json, { error: { message: /limit of server programs/ } });
  t.same([...statuses], [200]);
});

t.test(
  "sends a request of the child to a client that has not read what came before, once it reads",
  async (t) => {
    const emitting = await startSessionDaemon(t, {
      FJMCP_CHILD_COMMAND: childCommand("echo"),
      FJMCP_CHILD_ISOLATION: "session",
    });
    const session = new McpSession(emitting, await emitting.grant());
    const message = initialize();
    const params = { ...message.params, capabilities: { roots: {} } };
    session.id = (await session.post({ ...message, params })).headers["mcp-session-id"] as string;
    const line = (message: object) => JSON.stringify({ jsonrpc: "2.0", ...message });
    const log = line({
      method: "notifications/message",
      params: { level: "info", data: "x".repeat(200_000) },
    });
    const lines = [...Array<string>(8).fill(log), line({ id: "of the child", method: "roots/list" })];
    const call = JSON.stringify(callTool(1, "emit", { lines, respond: false }));
    const client = stalledRequest(t, emitting.mcpSocket, "POST", session.headers(), call);
    await sleep(1_000);
    t.match(await client.readUntil("roots/list"), "notifications/message");
  },
);

t.test("names Forgejo where that is why the child accepts no client", async (t) => {
  const { authServer } = daemon;
  const { check } = authServer;
  t.teardown(() => (authServer.check = check));
  authServer.check = () => ({ status: "suspended", message: "The account is suspended." });
  const { json } = await post(await daemon.grant({ accountId: "9" }), { capabilities: { sampling: 5 } });
  t.match(json.error.message, /Forgejo says: The account is suspended/);
});
