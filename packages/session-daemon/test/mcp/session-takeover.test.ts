import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { clientRef } from "@fjmcp/shared/client-ref";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { AccountId, ClientId, GrantId } from "@fjmcp/shared/ids";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { monitorCommands } from "@fjmcp/testkit/redis/command-monitor";
import { parseRecord } from "@fjmcp/shared/parse-record";
import { sessionRecord } from "@fjmcp/shared/session-record";
import { endGrant, type FixtureGrant } from "../support/grants.ts";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t);
const changed = { jsonrpc: "2.0", method: "notifications/tools/list_changed" };

/** A session that one client has opened, as another client of the account would use it. */
async function sharedSession(accountId: string) {
  const first = await daemon.grant({ accountId, clientId: "first" });
  const second = await daemon.grant({ accountId, clientId: "second" });
  const ofFirst = await McpSession.open(daemon, first);
  return { first, second, ofFirst, ofSecond: new McpSession(daemon, second, ofFirst.id) };
}

async function recordOf({ id }: McpSession) {
  return parseRecord(sessionRecord, (await daemon.redis.get(redisKeys.session(sha256Hex(id!)))) ?? undefined);
}

async function sessionsOf({ grantId }: FixtureGrant) {
  return await daemon.redis.smembers(redisKeys.sessionsOfGrant(grantId as GrantId));
}

async function pidOf(session: McpSession): Promise<number> {
  return JSON.parse((await session.post(callTool(9, "process"))).json.result.content[0]!.text).pid as number;
}

t.test("allows a session to any live grant of its account, on that grant's own worker", async (t) => {
  const { first, second, ofFirst, ofSecond } = await sharedSession("1");
  const before = await pidOf(ofFirst);
  t.not(await pidOf(ofSecond), before);
  t.equal(await pidOf(ofFirst), before);
  await endGrant(daemon.redis, first);
  t.equal((await ofSecond.post(callTool(1, "echo"))).status, 200);
  await endGrant(daemon.redis, second);
  // As the auth-server does: Redis's own notification may arrive after the next request.
  await daemon.control("POST", "/sessions/end", { by: "grant", grantId: second.grantId });
  t.equal((await ofSecond.post(callTool(1, "echo"))).status, 401);
});

t.test("gives a session to the grant that uses it, in the record and in all indexes", async (t) => {
  const { first, second, ofFirst, ofSecond } = await sharedSession("2");
  const hash = sha256Hex(ofFirst.id!);
  const opened = await recordOf(ofFirst);
  t.match(opened, { grantId: first.grantId, clientId: "first" });

  await ofSecond.post(callTool(1, "echo"));
  t.strictSame(await recordOf(ofFirst), { ...opened, grantId: second.grantId, clientId: "second" });
  t.same(await sessionsOf(first), []);
  t.same(await sessionsOf(second), [hash]);
  const index = redisKeys.sessionsOfAccount("2" as AccountId);
  t.same(await daemon.redis.hgetall(index), {
    [hash]: `${clientRef("second" as ClientId)} ${second.grantId}`,
  });
  t.equal((await daemon.sessions("?accountId=2&clientId=first")).length, 0);
  t.match(await daemon.sessions("?accountId=2&clientId=second"), [{ clientName: "fixture" }]);
  t.ok((await daemon.redis.ttl(redisKeys.session(hash))) > 30 * 24 * 3600 - 60, "it lives for 30 days");

  await ofFirst.post(callTool(2, "echo"));
  t.match(await recordOf(ofFirst), { grantId: first.grantId }, "it comes back at once");
  t.match(await daemon.completeLog(), new RegExp(`"session.moved".*"grantId":"${second.grantId}"`));
});

t.test("writes a session record only when another grant uses it", async (t) => {
  const { ofFirst, ofSecond } = await sharedSession("3");
  const key = redisKeys.session(sha256Hex(ofFirst.id!));
  await ofSecond.post(callTool(1, "echo"));
  const monitor = await monitorCommands(daemon.redis);
  t.teardown(() => monitor.close());
  const writes = async () =>
    (await monitor.commands()).filter((command) => command[0] === "SET" && command[1] === key).length;
  for (let id = 2; id < 12; id++) {
    await ofSecond.post(callTool(id, "echo"));
    await sleep(30);
  }
  t.equal(await writes(), 0);
  await ofFirst.post(callTool(1, "echo"));
  t.equal(await writes(), 1);
});

t.test("keeps the indexes right while grants use one session at once", async (t) => {
  const { first, second, ofFirst, ofSecond } = await sharedSession("4");
  const third = await daemon.grant({ accountId: "4", clientId: "third" });
  const grants = [first, second, third];
  const sessions = [ofFirst, ofSecond, new McpSession(daemon, third, ofFirst.id)];
  const requests = Array.from({ length: 90 }, async (_, i) => {
    const response = await sessions[i % 3]!.post({ jsonrpc: "2.0", id: i, method: "ping" });
    return response.status;
  });
  t.same(new Set(await Promise.all(requests)), new Set([200]));

  const record = (await recordOf(ofFirst))!;
  const hash = sha256Hex(ofFirst.id!);
  const owner = grants.find(({ grantId }) => grantId === record.grantId)!;
  t.equal(record.clientId, owner.clientId);
  t.same(await sessionsOf(owner), [hash]);
  const index = redisKeys.sessionsOfAccount("4" as AccountId);
  t.same(await daemon.redis.hvals(index), [`${clientRef(owner.clientId as ClientId)} ${owner.grantId}`]);
  t.equal((await sessions[0]!.send("DELETE")).status, 204);
  t.same(await daemon.redis.keys("session:of:4*"), []);
  for (const session of sessions) {
    t.equal((await session.post({ jsonrpc: "2.0", id: 1, method: "ping" })).status, 404);
  }
});

t.test("leaves a session that was deleted meanwhile deleted", async (t) => {
  const { ofFirst, ofSecond } = await sharedSession("5");
  await Promise.all([
    ofFirst.send("DELETE"),
    ...Array.from({ length: 10 }, (_, id) => ofSecond.post({ jsonrpc: "2.0", id, method: "ping" })),
  ]);
  t.equal((await ofSecond.post({ jsonrpc: "2.0", id: 99, method: "ping" })).status, 404);
  t.equal(await daemon.redis.exists(redisKeys.session(sha256Hex(ofFirst.id!))), 0);
  t.same(await daemon.redis.keys("session:of:5*"), []);
});

t.test(
  "sends the messages of the grant that uses a session to a stream that an older one opened",
  async (t) => {
    const { first, second, ofFirst, ofSecond } = await sharedSession("6");
    const emit = callTool(1, "emit", { lines: [JSON.stringify(changed)] });
    const stream = await ofFirst.listen();
    t.teardown(() => stream.abandon());
    await ofSecond.post(callTool(1, "echo"));
    // Not within 2 s of the worker's own start, when a child's chatter is swallowed.
    await sleep(2100);
    await ofSecond.post(emit);
    t.strictSame(await stream.expect(1), [changed]);
    // Another session of the first grant, whose worker is not this session's any more.
    await (await McpSession.open(daemon, first)).post(emit);
    await sleep(200);
    t.equal(stream.messages.length, 1);

    await daemon.control("POST", "/sessions/end", { by: "grant", grantId: second.grantId });
    await stream.untilClosed();
  },
);

t.test("leaves a stream that the next grant has resumed open when the earlier grant ends", async (t) => {
  const { first, ofFirst, ofSecond } = await sharedSession("8");
  const broken = await ofFirst.listen();
  await waitUntil("the stream should begin", () => broken.received.includes("id: "));
  broken.abandon();
  await ofSecond.post(callTool(1, "echo"));
  const [, lastEventId] = /^id: (\S+)$/m.exec(broken.received)!;
  const resumed = await ofSecond.listen({ "last-event-id": lastEventId! });
  t.teardown(() => resumed.abandon());
  await waitUntil("it should be resumed", () => resumed.received.includes(`id: ${lastEventId}`));
  await endGrant(daemon.redis, first);
  await daemon.control("POST", "/sessions/end", { by: "grant", grantId: first.grantId });
  t.equal((await ofSecond.post(callTool(2, "echo"))).status, 200);
  t.notOk(resumed.closed);
});

t.test("ends a stream with the grant that opened it, though the session goes on", async (t) => {
  const { first, ofFirst, ofSecond } = await sharedSession("7");
  const [older, newer] = [await ofFirst.listen(), await ofSecond.listen()];
  t.teardown(() => newer.abandon());
  await endGrant(daemon.redis, first);
  await daemon.control("POST", "/sessions/end", { by: "grant", grantId: first.grantId });
  await older.untilClosed();
  t.equal((await ofSecond.post(callTool(1, "echo"))).status, 200);
  t.notOk(newer.closed);
});
