import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { closedGate } from "../support/closed-gate.ts";
import { rewriteToken, type FixtureGrant } from "../support/grants.ts";
import { callTool, initialize } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";
import { StatelessClient } from "../support/stateless-client.ts";

const starts = closedGate(t);
starts.open();
const daemon = await startSessionDaemon(t, {
  FJMCP_CHILD_COMMAND: childCommand("echo", "--start-hold", starts.file),
  FJMCP_IDLE_SECONDS: "0.3",
});
const readOnly = { error: { code: -32602, message: /allowed to read only/ } };

/** As the auth-server does when the user leaves a connection no more than to read issues. */
async function narrow(grant: FixtureGrant): Promise<void> {
  await rewriteToken(daemon.redis, grant, { scope: "forgejo:read", toolsets: ["issues", "other"] });
  await daemon.control("POST", "/grants/policy-changed", { grantId: grant.grantId });
}

/** Sends the head and the beginning of a request; the function sends the rest and resolves with the response. */
function postSlowly(session: McpSession, message: object): () => Promise<unknown> {
  const body = JSON.stringify(message);
  const outgoing = httpRequest({
    socketPath: daemon.mcpSocket,
    path: "/mcp",
    method: "POST",
    agent: false,
    headers: { host: "x", ...session.headers({ "content-length": String(body.length) }) },
  });
  outgoing.write(body.slice(0, 10));
  return async () => {
    outgoing.end(body.slice(10));
    const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
    return JSON.parse(await text(incoming));
  };
}

/** For calls that wait for a worker, whose child is held until the test opens the gate. */
const untilWaiting = (calls = 1) =>
  waitUntil("the calls should wait", async () => (await daemon.health()).workers.waiting === calls);
/** The child of the next worker is held. */
async function untilIdle(): Promise<void> {
  await waitUntil("the worker should be gone", async () => (await daemon.health()).workers.live === 0);
  starts.close();
}

t.test("a request whose body arrives after the narrowing has the narrower access", async (t) => {
  const grant = await daemon.grant();
  const session = await McpSession.open(daemon, grant);
  const end = postSlowly(session, callTool(1, "echo"));
  await sleep(200);
  await narrow(grant);
  t.match(await end(), readOnly);
});

t.test("a request whose body arrives after the end of the session does not find it", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant());
  const end = postSlowly(session, callTool(1, "echo"));
  await sleep(200);
  await session.send("DELETE");
  t.match(await end(), { error: { message: /no such session/ } });
});

t.test("calls that waited for a worker meanwhile do not run", async (t) => {
  const grant = await daemon.grant();
  const session = await McpSession.open(daemon, grant);
  const stateless = new StatelessClient(daemon, grant);
  await session.post(callTool(1, "echo"));
  await stateless.call("echo");
  await untilIdle();
  const calls = [
    session.post(callTool(2, "echo")),
    session.post({ jsonrpc: "2.0", id: 3, method: "resources/list" }),
    stateless.post({ method: "prompts/get", params: { name: "x" } }),
  ];
  await untilWaiting(3);
  await narrow(grant);
  starts.open();
  const [call, list, prompt] = await Promise.all(calls);
  t.match(call?.json, readOnly);
  t.match(list?.json, { error: { message: /has just changed/ } });
  t.notMatch(prompt?.json, { error: { message: /allowed|changed/ } }, "which is allowed still");
});

t.test("calls whose token was revoked while they waited for a worker end with 401", async (t) => {
  const grant = await daemon.grant();
  const session = await McpSession.open(daemon, grant);
  await session.post(callTool(1, "echo"));
  await untilIdle();
  const call = session.post(callTool(2, "echo"));
  await untilWaiting();
  await rewriteToken(daemon.redis, grant, { exp: 1 });
  starts.open();
  t.equal((await call).status, 401);
});

t.test("later members of a batch have the narrower access", async (t) => {
  const grant = await daemon.grant();
  const session = new McpSession(daemon, grant);
  session.id = (await session.post(initialize("2025-03-26"))).headers["mcp-session-id"] as string;
  await daemon.restart("SIGTERM");
  starts.close();
  const batch = session.post([
    { jsonrpc: "2.0", id: 1, method: "logging/setLevel", params: { level: "debug" } },
    callTool(2, "echo"),
  ]);
  await untilWaiting();
  await narrow(grant);
  starts.open();
  t.match((await batch).json, [{ id: 1 }, { id: 2, ...readOnly }]);
});

t.test("a call that waits for the first worker of a daemon has the narrower access", async (t) => {
  const grant = await daemon.grant({}, { toolsets: ["other"] });
  const session = await McpSession.open(daemon, grant);
  await daemon.restart("SIGTERM");
  starts.close();
  const call = session.post(callTool(1, "echo"));
  await untilWaiting();
  await narrow(grant);
  starts.open();
  t.match((await call).json, readOnly);
});
