import { once } from "node:events";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { initialize } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

t.test("responds to initialize with a JSON-RPC error when the child cannot be started", async (t) => {
  const daemon = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: childCommand("crash", "--at", "start") });
  const session = new McpSession(daemon, await daemon.grant());
  for (const id of [7, "8"]) {
    const response = await session.post(initialize("2025-11-25", id));
    t.equal(response.status, 200);
    t.match(response.json, {
      id,
      error: { code: -32603, message: /could not be started: .* Reference: \w{10}/ },
    });
    t.equal(response.headers["mcp-session-id"], undefined);
  }
});

t.test("sends the client to log in when its grant ends while the session opens", async (t) => {
  const daemon = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: childCommand("silent") });
  const grant = await daemon.grant();
  const opening = new McpSession(daemon, grant).post(initialize());
  await waitUntil("it should wait for the child", async () => (await daemon.health()).workers.waiting === 1);
  await daemon.control("POST", "/sessions/end", { by: "grant", grantId: grant.grantId });
  const response = await opening;
  t.equal(response.status, 401);
  t.match(response.headers["www-authenticate"], /error="invalid_token"/);
});

t.test("logs no failure when a client disconnects while its session opens", async (t) => {
  const daemon = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: childCommand("silent") });
  const session = new McpSession(daemon, await daemon.grant());
  const going = request({
    socketPath: daemon.mcpSocket,
    path: "/mcp",
    method: "POST",
    headers: session.headers(),
    agent: false,
  });
  going.end(JSON.stringify(initialize()));
  const gone = once(going, "error");
  await waitUntil("it should wait for the child", async () => (await daemon.health()).workers.waiting === 1);
  going.destroy(new Error("gone"));
  await gone;
  await waitUntil("no call waits", async () => (await daemon.health()).workers.waiting === 0);
  await sleep(50);
  t.notMatch(await daemon.completeLog(), /request\.failed/);
});
