import t from "tap";
import { endSessionsResponse, listWorkersResponse, retireWorkersResponse } from "@fjmcp/shared/ipc/control";
import { sha256Hex } from "@fjmcp/shared/hash";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import type { EventStream } from "@fjmcp/testkit/mcp-client/http-client";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { closedGate } from "../support/closed-gate.ts";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t);
const ping = { jsonrpc: "2.0", id: 1, method: "ping" };

/** A session with its worker running, a listening stream and a call that streams. */
async function busySession(
  t: { teardown(f: () => void): void },
  who: { accountId: string; clientId: string },
) {
  const grant = await daemon.grant(who);
  const session = await McpSession.open(daemon, grant);
  const pid = JSON.parse((await session.post(callTool(1, "process"))).json.result.content[0]!.text)
    .pid as number;
  const listening = await session.listen();
  const calling = await session.stream(
    callTool(2, "echo", { progress: 1, sleepMs: 60_000 }, { progressToken: 1 }),
  );
  await calling.expect(1);
  t.teardown(() => [listening, calling].forEach((stream: EventStream) => stream.abandon()));
  return { grant, session, pid, listening, calling };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

t.test("lists sessions by account and client, without their ids", async (t) => {
  const one = await McpSession.open(daemon, await daemon.grant({ accountId: "31", clientId: "a" }));
  const two = await McpSession.open(daemon, await daemon.grant({ accountId: "31", clientId: "b" }));
  await McpSession.open(daemon, await daemon.grant({ accountId: "32", clientId: "a" }));
  t.equal((await daemon.sessions("?accountId=31")).length, 2);
  t.equal((await daemon.sessions("?clientId=a")).length, 2);
  t.match(await daemon.sessions("?accountId=31&clientId=b"), [
    { accountId: "31", clientId: "b", clientName: "fixture", protocolVersion: "2025-11-25" },
  ]);
  t.equal((await daemon.sessions("")).length, 3);
  const { text } = await daemon.control("GET", "/sessions");
  for (const { id } of [one, two]) {
    t.notOk(text.includes(id!));
    t.notOk(text.includes(sha256Hex(id!)));
  }
});

t.test("ends the worker and streams of a grant, and leaves another grant's and the session", async (t) => {
  const who = { accountId: "41", clientId: "c" };
  const ending = await busySession(t, who);
  const staying = await busySession(t, who);
  const gate = closedGate(t);
  const waiting = ending.session.post(callTool(3, "echo", { whileExists: gate.file }), {
    accept: "application/json",
  });
  await waitUntil("the call should run", () => gate.waiting === 1);

  const response = await daemon.control("POST", "/sessions/end", {
    by: "grant",
    grantId: ending.grant.grantId,
  });
  t.strictSame(endSessionsResponse.parse(response.json), { workers: 1, streams: 3, sessions: 0 });
  t.notOk(isAlive(ending.pid));
  await ending.listening.untilClosed();
  await ending.calling.untilClosed();
  t.match(ending.calling.messages.at(-1), { id: 2, error: { code: -32000 } });
  const rejected = await waiting;
  t.equal(rejected.status, 401);
  t.match(rejected.headers["www-authenticate"], /error="invalid_token"/);

  t.ok(isAlive(staying.pid));
  t.notOk(staying.listening.closed);
  const other = new McpSession(daemon, staying.grant, ending.session.id);
  t.equal((await other.post(ping)).status, 200);
});

t.test("ends the workers and streams of many grants in one call", async (t) => {
  const [one, two, staying] = [
    await busySession(t, { accountId: "45", clientId: "a" }),
    await busySession(t, { accountId: "45", clientId: "b" }),
    await busySession(t, { accountId: "45", clientId: "c" }),
  ];
  const grantIds = [one.grant.grantId, two.grant.grantId, "unknown"];
  const response = await daemon.control("POST", "/sessions/end", { by: "grants", grantIds });
  t.strictSame(endSessionsResponse.parse(response.json), { workers: 2, streams: 4, sessions: 0 });
  t.notOk(isAlive(one.pid) || isAlive(two.pid));
  t.ok(isAlive(staying.pid));
});

t.test("deletes the sessions of a client or an account that it ends", async (t) => {
  const left = await busySession(t, { accountId: "51", clientId: "left" });
  const byClient = await busySession(t, { accountId: "51", clientId: "right" });
  const byAccount = await busySession(t, { accountId: "52", clientId: "left" });
  const end = async (body: object) =>
    endSessionsResponse.parse((await daemon.control("POST", "/sessions/end", body)).json);
  t.strictSame(await end({ by: "client", clientId: "right" }), { workers: 1, streams: 2, sessions: 1 });
  t.strictSame(await end({ by: "account", accountId: "52" }), { workers: 1, streams: 2, sessions: 1 });
  for (const { session, pid, listening } of [byClient, byAccount]) {
    t.equal((await session.post(ping)).status, 404);
    t.notOk(isAlive(pid));
    await listening.untilClosed();
  }
  t.notOk(await daemon.redis.sismember(redisKeys.sessionAccounts, "52"));
  t.equal((await left.session.post(ping)).status, 200);
  t.notOk(left.listening.closed);
});

t.test("retires the workers of an account's grants; their calls, streams and sessions go on", async (t) => {
  const [one, two, other] = [
    await busySession(t, { accountId: "61", clientId: "a" }),
    await busySession(t, { accountId: "61", clientId: "b" }),
    await busySession(t, { accountId: "62", clientId: "a" }),
  ];
  const response = await daemon.control("POST", "/workers/retire", {
    accountId: "61",
    grantIds: [one.grant.grantId, two.grant.grantId, other.grant.grantId],
  });
  t.strictSame(retireWorkersResponse.parse(response.json), { workers: 2 });
  for (const { session, pid, listening, calling } of [one, two]) {
    const now = await session.post(callTool(3, "process"));
    t.not(JSON.parse(now.json.result.content[0]!.text).pid, pid, "the next call has a new worker");
    t.ok(isAlive(pid), "the old worker finishes its call");
    t.notOk(listening.closed);
    t.notOk(calling.closed);
  }
  t.equal(
    JSON.parse((await other.session.post(callTool(3, "process"))).json.result.content[0]!.text).pid,
    other.pid,
  );
  const wrong = await daemon.control("POST", "/workers/retire", { accountId: "61" });
  t.equal(wrong.status, 400);
});

t.test("rejects requests that do not match the contract", async (t) => {
  for (const body of [
    undefined,
    {},
    { by: "everything" },
    { by: "grant" },
    { by: "grant", grantId: "" },
    { by: "grants", grantIds: [] },
  ]) {
    t.equal((await daemon.control("POST", "/sessions/end", body)).status, 400);
  }
  t.equal((await daemon.control("GET", "/mcp")).status, 404);
  t.equal((await daemon.control("DELETE", "/sessions")).status, 404);
});

t.test("responds 413 to a body over 64 KiB, which is no failure of its own", async (t) => {
  const response = await daemon.control("POST", "/sessions/end", { by: "x".repeat(64 * 1024) });
  t.match(response, { status: 413, json: { error: /larger/ } });
  t.notMatch(await daemon.completeLog(), "request.failed");
});

t.test("ends one session by its reference, and leaves its worker", async (t) => {
  const { session, pid, listening } = await busySession(t, { accountId: "75", clientId: "a" });
  const [listed] = await daemon.sessions("?accountId=75");
  const { sessionRef } = listed!;
  const end = async () => (await daemon.control("POST", "/sessions/end", { by: "session", sessionRef })).json;
  t.strictSame(await end(), { workers: 0, streams: 1, sessions: 1 });
  await listening.untilClosed();
  t.equal((await session.post(ping)).status, 404);
  t.ok(isAlive(pid));
  t.strictSame(await end(), { workers: 0, streams: 0, sessions: 0 }, "a second time there is nothing to end");
});

t.test("lists workers and ends one by its pid; its session goes on", async (t) => {
  const { grant, session, pid, calling } = await busySession(t, { accountId: "81", clientId: "a" });
  const list = async () =>
    listWorkersResponse.parse((await daemon.control("GET", "/workers?accountId=81")).json);
  t.match(await list(), {
    workers: [
      { pid, accountId: "81", clientId: "a", grantId: grant.grantId, state: "busy", callsInFlight: 1 },
    ],
    total: 1,
  });
  const end = async () => (await daemon.control("POST", "/workers/end", { pid })).json;
  t.strictSame(await end(), { workers: 1 });
  t.notOk(isAlive(pid));
  await calling.untilClosed();
  t.match(calling.messages.at(-1), { id: 2, error: { message: /administrator ended the server program/ } });
  t.strictSame(await end(), { workers: 0 });
  t.equal((await session.post(callTool(5, "echo"))).status, 200);
  t.match(await list(), { workers: [{ state: "idle" }] });
});
