import { fileURLToPath } from "node:url";
import { sha256Hex } from "@fjmcp/shared/hash";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import { childCommand, sdkChildCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import t from "tap";
import { closedGate } from "../support/closed-gate.ts";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";
import { connectSdkClient } from "../support/sdk-client.ts";

const plainChild = fileURLToPath(new URL("../fixtures/changing-child.ts", import.meta.url));
const daemon = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: sdkChildCommand() });
const setLevel = (level: unknown, id = 7) => ({
  jsonrpc: "2.0",
  id,
  method: "logging/setLevel",
  params: { level },
});

t.test("filters the messages of a call by its session's own level", async (t) => {
  const grant = await daemon.grant();
  const verbose = await connectSdkClient(t, daemon, grant);
  const terse = await connectSdkClient(t, daemon, grant);
  await verbose.client.setLoggingLevel("debug");
  await terse.client.setLoggingLevel("error");
  for (const { use } of [verbose, terse]) {
    for (const level of ["debug", "info", "error", "emergency"]) await use("log", { level, data: "talk" });
  }
  t.strictSame(verbose.logs, ["debug talk", "info talk", "error talk", "emergency talk"]);
  t.strictSame(terse.logs, ["error talk", "emergency talk"]);
});

t.test(
  "sends what belongs to no single call to every session of the grant, on one stream each",
  async (t) => {
    const stub = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: childCommand("echo") });
    const grant = await stub.grant();
    const log = (level: string) =>
      JSON.stringify({ jsonrpc: "2.0", method: "notifications/message", params: { level, data: level } });
    const sessions = await Promise.all(
      ["debug", "warning", undefined].map(async (level) => {
        const session = await McpSession.open(stub, grant);
        if (level !== undefined) await session.post(setLevel(level));
        const older = await session.listen();
        const stream = await session.listen();
        for (const one of [older, stream]) t.teardown(() => one.abandon());
        return { session, older, stream };
      }),
    );
    const foreigner = await McpSession.open(stub, await stub.grant({ accountId: "2" }));
    const foreign = await foreigner.listen();
    t.teardown(() => foreign.abandon());
    const { session } = sessions[0]!;
    const gate = closedGate(t);
    const waiting = session.post(callTool(1, "echo", { whileExists: gate.file }));
    await waitUntil("the call is with the child", () => gate.waiting === 1);
    const lines = ["debug", "info", "warning", "loud"].map(log);
    await session.post(callTool(2, "emit", { lines }));
    gate.open();
    await waiting;
    await Promise.all(sessions.map(({ stream }, index) => stream.expect([3, 1, 2][index]!)));
    const levels = sessions.map(({ stream }) =>
      stream.messages.map((message) => (message as { params: { level: string } }).params.level),
    );
    t.strictSame(levels, [["debug", "info", "warning"], ["warning"], ["info", "warning"]]);
    for (const { older } of sessions) t.strictSame(older.messages, []);
    t.strictSame(foreign.messages, []);
  },
);

t.test("keeps the digits of a message and drops one that is too large", async (t) => {
  const stub = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: childCommand("echo") });
  const session = await McpSession.open(stub, await stub.grant());
  const log = (data: string) =>
    `{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error","data":${data}}}`;
  const lines = [log(`"${"x".repeat(300_000)}"`), log("12345678901234567890.0")];
  const stream = await session.stream(callTool(1, "emit", { lines }));
  await stream.expect(2);
  t.match(stream.received, '"data":12345678901234567890.0}');
  t.notMatch(stream.received, "x".repeat(20));
});

t.test("rejects an unknown level with -32602, and keeps the last one", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant());
  const key = redisKeys.session(sha256Hex(session.id!));
  t.match((await session.post(setLevel("warning"))).json, { id: 7, result: {} });
  for (const level of ["loud", "", 3, null, undefined, ["error"], "Error"]) {
    t.match((await session.post(setLevel(level))).json, { id: 7, error: { code: -32602 } }, String(level));
  }
  t.match(JSON.parse((await daemon.redis.get(key))!), { logLevel: "warning" });
  t.ok((await daemon.redis.ttl(key)) > 29 * 24 * 3600);
});

t.test(
  "rejects logging/setLevel with -32601 where the child does not log, and does not advertise it",
  async (t) => {
    const silent = await startSessionDaemon(t, {
      FJMCP_CHILD_COMMAND: `${process.execPath} ${plainChild} plain`,
    });
    const session = await McpSession.open(silent, await silent.grant());
    t.match((await session.post(setLevel("error"))).json, { error: { code: -32601 } });
  },
);

t.test("keeps the level over a crash of the worker and a restart of the daemon", async (t) => {
  const { client, logs, use } = await connectSdkClient(t, daemon, await daemon.grant());
  t.ok(client.getServerCapabilities()?.logging);
  await client.setLoggingLevel("error");
  await t.rejects(use("exit"));
  await use("log", { level: "warning", data: "after the crash" });
  await use("log", { level: "error", data: "after the crash" });
  t.strictSame(logs, ["error after the crash"]);
  await daemon.restart("SIGKILL");
  await use("log", { level: "warning", data: "after the restart" });
  await use("log", { level: "critical", data: "after the restart" });
  t.strictSame(logs, ["error after the crash", "critical after the restart"]);
});

t.test("tells the child the most verbose level of the sessions that are left", async (t) => {
  const stub = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: childCommand("echo") });
  const grant = await stub.grant();
  const [first, second] = [await McpSession.open(stub, grant), await McpSession.open(stub, grant)];
  const levels = async () => {
    const { json } = await second.post(callTool(1, "lines"));
    return (JSON.parse(json.result.content[0]!.text) as string[])
      .map((line) => JSON.parse(line) as { method: string; params?: { level: string } })
      .filter(({ method }) => method === "logging/setLevel")
      .map(({ params }) => params?.level);
  };
  await first.post(setLevel("error"));
  await second.post(setLevel("critical"));
  await first.post(setLevel("debug"));
  await first.post(setLevel("debug"));
  t.strictSame(await levels(), ["error", "debug"]);
  await first.send("DELETE");
  await waitUntil("the level of the other session", async () => (await levels()).length === 3);
  t.strictSame(await levels(), ["error", "debug", "critical"]);
});
