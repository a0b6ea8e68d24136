import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { closedGate } from "../support/closed-gate.ts";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";
import { StatelessClient } from "../support/stateless-client.ts";

const starts = closedGate(t);
starts.open();
const daemon = await startSessionDaemon(t, {
  FJMCP_CHILD_COMMAND: childCommand("echo", "--start-hold", starts.file),
  FJMCP_KEEP_ALIVE_SECONDS: "0.2",
});

t.test("runs a call whose client disconnects before the first worker is ready", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant({}, { toolsets: ["issues", "other"] }));
  await daemon.restart("SIGKILL");
  starts.close();
  const stream = await session.stream(callTool(1, "echo", { text: "kept" }));
  await waitUntil("the stream should begin", () => stream.received.includes("id: "));
  stream.abandon();
  await sleep(200);
  starts.open();
  await waitUntil("the worker should be ready", async () => (await daemon.health()).workers.live === 1);
  const resumed = await session.listen({ "last-event-id": /^id: (.*)$/m.exec(stream.received)![1]! });
  await resumed.untilClosed();
  t.match(resumed.messages, [{ id: 1, result: { content: [{ text: /kept/ }] } }]);
});

t.test("rejects changes of a session that ends before the first worker is ready", async (t) => {
  starts.open();
  const session = await McpSession.open(daemon, await daemon.grant());
  await daemon.restart("SIGKILL");
  starts.close();
  const changes = [
    session.post({ jsonrpc: "2.0", id: 1, method: "resources/subscribe", params: { uri: "stub://one" } }),
    session.post({ jsonrpc: "2.0", id: 2, method: "logging/setLevel", params: { level: "debug" } }),
  ];
  await waitUntil("both should wait", async () => (await daemon.health()).workers.waiting === 2);
  t.equal((await session.send("DELETE")).status, 204);
  starts.open();
  for (const [i, { status, json }] of (await Promise.all(changes)).entries()) {
    t.equal(status, 404);
    t.match(json, { id: i + 1, error: { code: -32001 } });
  }
});

t.test(
  "a request without a session waits no longer than its client, before and after the first worker",
  async (t) => {
    const waiting = async () => (await daemon.health()).workers.waiting;
    const grant = await daemon.grant({}, { scope: "forgejo:read", toolsets: ["issues", "other"] });
    const client = new StatelessClient(daemon, grant);
    for (const isFirst of [true, false]) {
      starts.open();
      if (!isFirst) await client.post({ method: "tools/list" });
      if (isFirst) await daemon.restart("SIGKILL");
      else await daemon.control("POST", "/sessions/end", { by: "grant", grantId: grant.grantId });
      starts.close();
      for (const [method, params] of [
        ["resources/list", {}],
        ["resources/read", { uri: "stub://one" }],
        ["prompts/get", { name: "one" }],
      ] as const) {
        const controller = new AbortController();
        const call = client.post({ method, params }, {}, controller.signal);
        const failed = t.rejects(call, method);
        await waitUntil("it should wait for a worker", async () => (await waiting()) === 1);
        controller.abort();
        await failed;
        await waitUntil("it should wait no longer", async () => (await waiting()) === 0);
        t.equal((await daemon.health()).workers.live, 0, "no worker is ready yet");
      }
    }
    starts.open();
    t.notMatch(await daemon.completeLog(), /"event":"request.failed"/);
  },
);
