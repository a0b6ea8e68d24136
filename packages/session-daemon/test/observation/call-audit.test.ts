import t from "tap";
import { branded, type AccountId, type ClientId, type GrantId } from "@fjmcp/shared/ids";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { CallAudit } from "../../src/observation/call-audit.ts";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { forgejoMcpTools, listingChild } from "../support/listing-child.ts";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { loggedLines } from "../support/logged-lines.ts";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon, type RunningDaemon } from "../support/running-daemon.ts";
import { keptLog } from "../support/run-pool.ts";
import { requestMeta, StatelessClient } from "../support/stateless-client.ts";

interface Line {
  event: string;
  tool: string;
  outcome: string;
  count: number;
  sessionRef: string;
  traceId: string;
  class: string;
  outcomes: Record<string, number>;
  tools: Record<string, number>;
}

const linesOf = (daemon: RunningDaemon, ...events: string[]) => loggedLines<Line>(daemon, ...events);

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";

t.test("each call of a tool has a line with its outcome, and nothing that it contained", async (t) => {
  const daemon = await startSessionDaemon(t, {
    FJMCP_REQUEST_SECONDS: "5",
    FJMCP_CHILD_DENIED_ARGUMENTS: "forbidden",
    FJMCP_LOG_LEVEL: "trace",
  });
  const session = await McpSession.open(daemon, await daemon.grant());
  await waitUntil("the list of tools is known", async () => {
    await session.post(callTool(1, "lines"));
    return (await linesOf(daemon, "tool_call.completed")).some(({ tool }) => tool === "lines");
  });
  const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
  await session.post(callTool(1, "echo", { text: "canary-argument" }), { traceparent });
  await session.post(callTool(2, "process"));
  await session.post(callTool(3, "fail", { text: "canary-argument" }));
  await session.post(callTool(4, "canary-tool", {}));
  await session.post(callTool(5, "echo", { forbidden: "canary-argument" }));
  const received = (await session.post(callTool(7, "lines"))).json.result.content[0]!.text;
  t.match(
    received,
    JSON.stringify(`"_meta":{"traceparent":"${traceparent}"}`).slice(1, -1),
    "the child gets it",
  );
  await session.post(callTool(6, "echo", { sleepMs: 60_000 }));
  const lines = await waitUntil("all are logged", async () => {
    const all = (await linesOf(daemon, "tool_call.completed")).filter(({ tool }) => tool !== "lines");
    return all.length >= 6 ? all : undefined;
  });
  t.same(
    lines.map(({ tool, outcome }) => [tool, outcome]),
    [
      ["echo", "ok"],
      ["process", "ok"],
      ["fail", "rpc_error"],
      ["unknown tools", "rpc_error"],
      ["echo", "rejected"],
      ["echo", "timeout"],
    ],
  );
  t.match(lines[0], { traceId, class: "unknown", ms: Number, grantId: String, accountId: "1" });
  const [opened] = await linesOf(daemon, "session.opened");
  t.equal(lines[0]!.sessionRef, opened!.sessionRef);
  const log = await daemon.log();
  t.notMatch(log, /canary-(argument|tool)/);
  t.notMatch(log, "00f067aa0ba902b7");
});

t.test("a call without a session has a line when no worker starts", async (t) => {
  const daemon = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: childCommand("crash", "--at", "start") });
  const stateless = new StatelessClient(daemon, await daemon.grant());
  t.match((await stateless.call("echo", {}, { id: 5 })).json, { id: 5, error: { code: -32603 } });
  const counts = await waitUntil("it is logged", async () => {
    const lines = await linesOf(daemon, "tool_call.completed");
    return lines.length > 0 && lines.map(({ tool, outcome }) => [tool, outcome]);
  });
  t.same(counts, [["unknown tools", "failed"]]);
  const { text } = await daemon.control("GET", "/metrics");
  t.match(text, /^fjmcp_call_failures_total\{reason="start_failed",daemon="session-daemon"\} 1$/m);
});

t.test("a tool error and a cancellation have outcomes of their own", async (t) => {
  const daemon = await startSessionDaemon(t);
  const session = await McpSession.open(daemon, await daemon.grant());
  const failing = '{"jsonrpc":"2.0","id":ID,"result":{"content":[],"isError":true}}';
  const known = await session.post(callTool(1, "lines"));
  const received = JSON.parse(known.json.result.content[0]!.text) as string[];
  const nextId = Math.max(...received.map((line) => (JSON.parse(line) as { id?: number }).id ?? 0)) + 1;
  await session.post(callTool(2, "emit", { lines: [failing.replace("ID", String(nextId))], respond: false }));
  const slow = session.post(callTool("c", "echo", { sleepMs: 60_000 }));
  await waitUntil("it is in flight", async () => {
    await session.post({
      jsonrpc: "2.0",
      method: "notifications/cancelled",
      params: { requestId: "c", reason: "enough" },
    });
    return (await linesOf(daemon, "tool_call.completed")).some(({ outcome }) => outcome === "cancelled");
  });
  await slow;
  const outcomes = (await linesOf(daemon, "tool_call.completed")).map(({ outcome }) => outcome);
  t.same(outcomes, ["ok", "tool_error", "cancelled"]);
});

t.test("calls that the tool policy rejects have a line, with the class of their tool", async (t) => {
  const daemon = await startSessionDaemon(t, {
    FJMCP_CHILD_COMMAND: listingChild(t, { name: "Forgejo MCP Server", tools: forgejoMcpTools }),
  });
  const reading = await daemon.grant({}, { scope: "forgejo:read", requestedScope: "forgejo:read" });
  const stateless = new StatelessClient(daemon, reading);
  t.equal((await stateless.call("create_issue")).status, 403, "before the table of the child is known");
  const session = await McpSession.open(daemon, reading);
  t.equal((await session.post(callTool(1, "create_issue"))).status, 403);
  t.equal((await stateless.call("create_issue")).status, 403);
  const leftOut = await McpSession.open(daemon, await daemon.grant({}, { scope: "forgejo:read" }));
  t.match((await leftOut.post(callTool(1, "delete_issue_comment"))).json, { error: { code: -32602 } });
  await leftOut.post(callTool(2, "get_issue_by_index"));
  const lines = await waitUntil("all are logged", async () => {
    const all = await linesOf(daemon, "tool_call.completed");
    return all.length >= 5 ? all : undefined;
  });
  t.same(
    lines.map(({ tool, outcome, class: toolClass }) => [tool, outcome, toolClass]),
    [
      ["create_issue", "rejected", "write"],
      ["create_issue", "rejected", "write"],
      ["create_issue", "rejected", "write"],
      ["delete_issue_comment", "rejected", "destructive"],
      ["get_issue_by_index", "ok", "read"],
    ],
  );
  const { text } = await daemon.control("GET", "/metrics");
  t.match(
    text,
    /^fjmcp_requests_total\{method="tools\/call",outcome="rejected",daemon="session-daemon"\} 4$/m,
  );
  t.notMatch(text, /^fjmcp_call_failures_total\{.*\} [1-9]/m);
});

t.test("a call without a session has one line, and its trace context reaches the child", async (t) => {
  const daemon = await startSessionDaemon(t);
  const client = new StatelessClient(daemon, await daemon.grant());
  const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
  await client.call("echo", {}, {}, { traceparent });
  await client.call("fail");
  const received = (await client.call("lines")).json.result.content[0]!.text;
  t.match(received, JSON.stringify(`"_meta":{"traceparent":"${traceparent}"}`).slice(1, -1));
  const closing = new AbortController();
  const params = { name: "echo", arguments: { sleepMs: 60_000 }, _meta: requestMeta };
  const closed = client.post({ method: "tools/call", params }, {}, closing.signal).catch(() => undefined);
  await waitUntil("it is in flight", async () =>
    (await daemon.control("GET", "/metrics")).text.includes('fjmcp_calls_active{daemon="session-daemon"} 1'),
  );
  closing.abort();
  await closed;
  const lines = await waitUntil("all are logged", async () => {
    const all = await linesOf(daemon, "tool_call.completed");
    return all.length >= 4 ? all : undefined;
  });
  t.same(
    lines.map(({ outcome, sessionRef, traceId: id }) => [outcome, sessionRef, id]),
    [
      ["ok", undefined, traceId],
      ["rpc_error", undefined, undefined],
      ["ok", undefined, undefined],
      ["cancelled", undefined, undefined],
    ],
  );
});

t.test("more than 50 calls of an account in a second become one counted line", async (t) => {
  const daemon = await startSessionDaemon(t);
  const busy = await McpSession.open(daemon, await daemon.grant());
  const calm = await McpSession.open(daemon, await daemon.grant({ accountId: "2" }));
  const calls = 400;
  await Promise.all([
    ...Array.from({ length: calls }, (_, id) => busy.post(callTool(id, id % 4 === 0 ? "fail" : "echo"))),
    calm.post(callTool(1, "echo")),
  ]);
  // What is counted is written at the end of the process, too.
  await daemon.process.kill("SIGTERM");
  const lines = (await linesOf(daemon, "tool_call.completed")).length;
  const counted = await linesOf(daemon, "tool_call.counted");
  t.ok(counted.length >= 1);
  t.equal(
    lines + counted.reduce((sum, { count }) => sum + count, 0),
    calls + 1,
    "every call is accounted for",
  );
  for (const { count, outcomes, tools } of counted) {
    t.equal(sum(outcomes), count);
    t.equal(sum(tools), count);
  }
});

t.test("50 calls of an account in a second have lines of their own, and no more", async (t) => {
  const { log, lines } = keptLog();
  const audit = new CallAudit(log);
  const call = (accountId: string, tool: string | undefined) =>
    audit.add({
      owner: {
        accountId: branded<AccountId>().parse(accountId),
        clientId: branded<ClientId>().parse("client"),
        grantId: branded<GrantId>().parse("grant"),
      },
      session: undefined,
      tool,
      toolClass: "read",
      outcome: tool === undefined ? "rejected" : "ok",
      ms: 1,
      traceId: undefined,
    });
  for (let i = 0; i < 120; i++) call("busy", i < 100 ? "get_issue" : undefined);
  call("calm", "get_issue");
  t.equal(lines.length, 0, "they are not written before the response");
  audit.flush();
  const written = lines.map((line) => (JSON.parse(line) as [Line & { accountId: string }])[0]);
  const completed = (accountId: string) =>
    written.filter((line) => line.event === "tool_call.completed" && line.accountId === accountId).length;
  t.same([completed("busy"), completed("calm")], [50, 1]);
  t.match(
    written.filter(({ event }) => event === "tool_call.counted"),
    [
      {
        accountId: "busy",
        count: 70,
        outcomes: { ok: 50, rejected: 20 },
        tools: { get_issue: 50, "unknown tools": 20 },
      },
    ],
  );
});

t.test("names every tool of a child that has very many, while the metrics have 300 at most", async (t) => {
  const tools = Array.from({ length: 400 }, (_, i) => ({ name: `tool_${i}` }));
  const daemon = await startSessionDaemon(t, {
    FJMCP_CHILD_COMMAND: listingChild(t, { name: "Large", tools }),
  });
  const session = await McpSession.open(daemon, await daemon.grant());
  await waitUntil("the list of tools is known", async () => {
    await session.post(callTool(1, "tool_399"));
    return (await linesOf(daemon, "tool_call.completed")).some(({ tool }) => tool === "tool_399");
  });
  for (const { name } of tools) await session.post(callTool(2, name));
  const { text } = await daemon.control("GET", "/metrics");
  const names = [...text.matchAll(/^fjmcp_tool_calls_total\{tool="(\w+)",outcome="ok"/gm)].map(
    ([, name]) => name,
  );
  t.equal(names.length, 300);
  t.ok(names.includes("other"));
});

t.test("a line that counts calls names 200 tools at most", async (t) => {
  const { log, lines } = keptLog();
  const audit = new CallAudit(log);
  const call = {
    owner: {
      accountId: branded<AccountId>().parse("7"),
      grantId: branded<GrantId>().parse("g"),
      clientId: branded<ClientId>().parse("c"),
    },
    session: undefined,
    toolClass: "unknown",
    outcome: "ok",
    ms: 1,
    traceId: undefined,
  } as const;
  for (let i = 0; i < 50 + 400; i++) audit.add({ ...call, tool: `tool_${i}` });
  audit.flush();
  const [counted] = JSON.parse(lines.at(-1)!) as [Line];
  t.equal(Object.keys(counted.tools).length, 201);
  t.equal(counted.tools["further tools"], 200);
});

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
