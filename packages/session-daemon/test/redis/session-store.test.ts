import t, { type Test } from "tap";
import { clientRef } from "@fjmcp/shared/client-ref";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import type { AccountId, ClientId, GrantId } from "@fjmcp/shared/ids";
import { sha256Hex } from "@fjmcp/shared/hash";
import { Secret } from "@fjmcp/shared/config/secret";
import { parseRecord } from "@fjmcp/shared/parse-record";
import { sessionRecord } from "@fjmcp/shared/session-record";
import { monitorCommands } from "@fjmcp/testkit/redis/command-monitor";
import type { EndedSessions } from "../../src/ended-sessions.ts";
import { createEvents } from "../../src/events.ts";
import { RedisClient } from "../../src/redis/redis-client.ts";
import { RedisSessionStore } from "../../src/redis/session-store.ts";
import { keptLog } from "../support/run-pool.ts";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t);

t.test("treats a damaged session record as absent, and quotes it nowhere", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant({ accountId: "9" }));
  await daemon.redis.set(redisKeys.session(sha256Hex(session.id!)), '{"canary');
  t.equal((await session.post({ jsonrpc: "2.0", id: 1, method: "ping" })).status, 404);
  t.match((await daemon.control("GET", "/sessions?accountId=9")).json, { sessions: [] });
  t.notMatch(await daemon.completeLog(), /canary/);
});

/** Writes sessions as the daemon does, one a second from `fromSec` on. */
async function writeSessions(accountId: string, clientId: string, count: number, fromSec: number) {
  const chain = daemon.redis.pipeline();
  for (let i = 0; i < count; i++) {
    const hash = sha256Hex(`${accountId} ${clientId} ${i}`);
    const record = {
      accountId,
      grantId: `grant-of-${clientId}`,
      clientId,
      protocolVersion: "2025-11-25",
      clientName: "",
      clientVersion: "",
      createdAtSec: fromSec + i,
    };
    chain.set(redisKeys.session(hash), JSON.stringify(record));
    const ref = clientRef(clientId as ClientId);
    chain.hset(redisKeys.sessionsOfAccount(accountId as AccountId), hash, `${ref} grant-of-${clientId}`);
    chain.sadd(redisKeys.sessionsOfGrant(`grant-of-${clientId}` as GrantId), hash);
  }
  await chain.exec();
}

t.test("evicts the oldest sessions of the client that has most when an account has too many", async (t) => {
  await writeSessions("10", "client-1", 700, 1_000);
  await writeSessions("10", "client-2", 300, 1);
  const grant = await daemon.grant({ accountId: "10", clientId: "client-1" });
  const session = await McpSession.open(daemon, grant);
  const sessions = await daemon.sessions("?accountId=10");
  const of = (clientId: string) => sessions.filter((one) => one.clientId === clientId);
  t.equal(of("client-2").length, 300);
  t.equal(of("client-1").length, 601);
  t.equal(Math.min(...of("client-1").map(({ createdAtSec }) => createdAtSec)), 1_100);
  t.equal((await session.post({ jsonrpc: "2.0", id: 1, method: "ping" })).status, 200);
});

t.test("keeps an account listed while it has a session", async (t) => {
  const grant = await daemon.grant({ accountId: "12" });
  const [one, two] = [await McpSession.open(daemon, grant), await McpSession.open(daemon, grant)];
  const monitor = await monitorCommands(daemon.redis);
  t.teardown(() => monitor.close());
  const removals = async () =>
    (await monitor.commands()).filter(([name, key]) => name === "SREM" && key === redisKeys.sessionAccounts);
  const isListed = () => daemon.redis.sismember(redisKeys.sessionAccounts, "12");
  t.equal((await one.send("DELETE")).status, 204);
  t.equal(await isListed(), 1);
  t.same(await removals(), []);
  t.equal((await two.send("DELETE")).status, 204);
  t.same(await removals(), [["SREM", redisKeys.sessionAccounts, "12"]]);
  t.equal(await isListed(), 0);
});

t.test("evicts expired sessions from the index first", async (t) => {
  await writeSessions("11", "client-1", 1_000, 1);
  for (let i = 0; i < 5; i++) await daemon.redis.del(redisKeys.session(sha256Hex(`11 client-1 ${i}`)));
  await McpSession.open(daemon, await daemon.grant({ accountId: "11" }));
  t.equal(await daemon.redis.hlen(redisKeys.sessionsOfAccount("11" as AccountId)), 996);
});

t.test("indexes sessions by account and grant", async (t) => {
  const [account, client] = ["13" as AccountId, "client-1" as ClientId];
  const grant = await daemon.grant({ accountId: account, clientId: client });
  const session = await McpSession.open(daemon, grant);
  const ofGrant = redisKeys.sessionsOfGrant(grant.grantId as GrantId);
  t.same(await daemon.redis.smembers(ofGrant), [sha256Hex(session.id!)]);
  t.same(await daemon.redis.hvals(redisKeys.sessionsOfAccount(account)), [
    `${clientRef(client)} ${grant.grantId}`,
  ]);
  t.ok((await daemon.redis.ttl(ofGrant)) > 29 * 24 * 3600);
  await session.send("DELETE");
  t.same(await daemon.redis.keys("session:of:13*"), []);
  t.equal(await daemon.redis.exists(ofGrant), 0);
});

/** A store beside the daemon's own. */
function openStore(t: Test, onEnded: (ended: EndedSessions) => void = () => undefined) {
  const { socketPath, sessionDaemon } = daemon.redisServer;
  const { username, password } = sessionDaemon;
  const endpoint = { address: { path: socketPath }, username, password: new Secret(password) };
  const { log } = keptLog();
  const redis = new RedisClient(endpoint, { onInvalidate: () => undefined, events: createEvents(log), log });
  t.teardown(() => redis.close());
  return new RedisSessionStore(redis, Date.now, { onChanged: () => undefined, onEnded });
}

t.test("reports the end of an account's only session when it expires", async (t) => {
  const account = "15" as AccountId;
  const session = sha256Hex((await McpSession.open(daemon, await daemon.grant({ accountId: account }))).id!);
  const key = redisKeys.session(session);
  const lifeMs = await daemon.redis.pttl(key);
  // As if so much time had passed.
  for (const each of [key, redisKeys.sessionsOfAccount(account), redisKeys.sessionAccounts])
    await daemon.redis.pexpire(each, (await daemon.redis.pttl(each)) - lifeMs);
  const ended: EndedSessions[] = [];
  await openStore(t, (one) => ended.push(one)).prune();
  t.match(
    ended.filter(({ accountId }) => accountId === account),
    [{ reason: "expired", sessions: [session] }],
  );
  t.notOk(await daemon.redis.sismember(redisKeys.sessionAccounts, account));
});

t.test("keeps the owner of a session that moves while its log level is set", async (t) => {
  const store = openStore(t);
  const { grantId, ...grant } = await daemon.grant({ accountId: "8" });
  const session = await McpSession.open(daemon, { grantId, ...grant });
  const hash = sha256Hex(session.id!);
  const key = redisKeys.session(hash);
  const record = parseRecord(sessionRecord, await daemon.redis.get(key))!;
  const { grantId: other } = await daemon.grant({ accountId: "8" });
  await Promise.all([
    store.setLogLevel(hash, "debug"),
    store.move(hash, record.grantId, { ...record, grantId: other as GrantId }),
  ]);
  t.match(parseRecord(sessionRecord, await daemon.redis.get(key)), { grantId: other, logLevel: "debug" });
});
