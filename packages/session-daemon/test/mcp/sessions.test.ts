import t from "tap";
import { sha256Hex } from "@fjmcp/shared/hash";
import { clientRef } from "@fjmcp/shared/client-ref";
import type { AccountId, ClientId } from "@fjmcp/shared/ids";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import { endGrant } from "../support/grants.ts";
import { callTool, initialize } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t);
const ping = { jsonrpc: "2.0", id: 1, method: "ping" };

t.test("negotiates the client's revision when it is supported, else the newest", async (t) => {
  const session = new McpSession(daemon, await daemon.grant());
  for (const version of ["2025-11-25", "2025-06-18", "2025-03-26"]) {
    t.equal((await session.post(initialize(version))).json.result.protocolVersion, version);
  }
  for (const version of ["2024-11-05", "2030-01-01", 7, undefined]) {
    const response = await session.post(initialize(version as string));
    t.equal(response.json.result.protocolVersion, "2025-11-25", String(version));
  }
});

t.test("responds to initialize with the child's own result, and the id as it was sent", async (t) => {
  const session = new McpSession(daemon, await daemon.grant());
  const response = await session.post(initialize("2025-11-25", "an id"));
  t.match(response.json, {
    jsonrpc: "2.0",
    id: "an id",
    result: { serverInfo: { name: "stub-echo" }, capabilities: { tools: {} } },
  });
});

t.test("mints a new session id for every initialize, whatever id was sent", async (t) => {
  const session = new McpSession(daemon, await daemon.grant(), "chosen-by-the-client");
  const ids = await Promise.all(
    Array.from(
      { length: 10 },
      async (_, i) => (await session.post(initialize("2025-11-25", i))).headers["mcp-session-id"],
    ),
  );
  t.equal(new Set(ids).size, 10);
  for (const id of ids) t.match(id, /^[\x21-\x7e]{22,}$/);
});

t.test("stores a session by its hash only, bound to its account, for 30 days", async (t) => {
  const grant = await daemon.grant({ accountId: "77", clientId: "client-77" });
  const session = await McpSession.open(daemon, grant);
  const hash = sha256Hex(session.id!);
  const key = redisKeys.session(hash);
  t.match(JSON.parse((await daemon.redis.get(key))!), {
    accountId: "77",
    grantId: grant.grantId,
    clientId: "client-77",
    protocolVersion: "2025-11-25",
    clientName: "fixture",
    clientVersion: "1.0.0",
    createdAtSec: Number,
  });
  t.ok((await daemon.redis.ttl(key)) > 30 * 24 * 3600 - 60);
  const index = redisKeys.sessionsOfAccount("77" as AccountId);
  t.strictSame(await daemon.redis.hgetall(index), {
    [hash]: `${clientRef("client-77" as ClientId)} ${grant.grantId}`,
  });
  t.ok((await daemon.redis.ttl(index)) > 0);
  t.ok(await daemon.redis.sismember(redisKeys.sessionAccounts, "77"));
  t.ok((await daemon.redis.ttl(redisKeys.sessionAccounts)) > 0);
  for (const key of await daemon.redis.keys("*")) t.notMatch(key, session.id!);
});

t.test("opens no session without its grant, and deletes what was stored", async (t) => {
  const grant = await daemon.grant({ accountId: "78" });
  // The grant ends while its first worker starts.
  const usual = daemon.authServer.respond;
  t.teardown(() => (daemon.authServer.respond = usual));
  const ended = new Promise<void>((resolve) => {
    daemon.authServer.respond = (token) => {
      void endGrant(daemon.redis, grant).then(resolve);
      return usual(token);
    };
  });
  const response = await new McpSession(daemon, grant).post(initialize());
  await ended;
  t.equal(response.status, 401);
  t.notOk(response.headers["mcp-session-id"]);
  t.strictSame(await daemon.redis.keys(redisKeys.sessionsOfAccount("78" as AccountId)), []);
  t.notOk(await daemon.redis.sismember(redisKeys.sessionAccounts, "78"));
});

t.test("rejects a request without a session id with 400, except notifications/initialized", async (t) => {
  const session = new McpSession(daemon, await daemon.grant());
  t.equal((await session.post(ping)).status, 400);
  t.equal((await session.post({ jsonrpc: "2.0", method: "notifications/cancelled" })).status, 400);
  t.equal((await session.send("GET")).status, 400);
  t.equal((await session.send("DELETE")).status, 400);
  const early = await session.post({ jsonrpc: "2.0", method: "notifications/initialized" });
  t.equal(early.status, 202);
  t.equal(early.text, "");
});

t.test("accepts notifications and responses with 202", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant());
  for (const message of [
    { jsonrpc: "2.0", method: "notifications/initialized" },
    { jsonrpc: "2.0", method: "notifications/unheard-of", params: { a: 1 } },
    { jsonrpc: "2.0", id: 3, result: {} },
    { jsonrpc: "2.0", id: 3, error: { code: 1, message: "no" } },
  ]) {
    const response = await session.post(message);
    t.equal(response.status, 202);
    t.equal(response.text, "");
  }
});

t.test("responds with the same 404 to an unknown session, an ended one and another account's", async (t) => {
  const mine = await McpSession.open(daemon, await daemon.grant({ accountId: "1" }));
  const ended = await McpSession.open(daemon, await daemon.grant({ accountId: "1" }));
  t.equal((await ended.send("DELETE")).status, 204);
  const cases = [
    new McpSession(daemon, await daemon.grant(), "unknown"),
    new McpSession(daemon, await daemon.grant(), ended.id),
    new McpSession(daemon, await daemon.grant({ accountId: "2" }), mine.id),
  ];
  const bodies = new Set<string>();
  for (const session of cases) {
    const response = await session.post(ping);
    t.equal(response.status, 404);
    bodies.add(response.text);
    t.equal((await session.send("GET")).status, 404);
    t.equal((await session.send("DELETE")).status, 404);
  }
  t.equal(bodies.size, 1);
  t.equal((await mine.post(ping)).status, 200, "the owner's goes on");
});

t.test("deletes a session with all of its records on DELETE", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant({ accountId: "79" }));
  const stream = await session.listen();
  const response = await session.send("DELETE");
  t.equal(response.status, 204);
  await stream.untilClosed();
  t.equal(await daemon.redis.exists(redisKeys.session(sha256Hex(session.id!))), 0);
  t.equal(await daemon.redis.exists(redisKeys.sessionsOfAccount("79" as AccountId)), 0);
  t.notOk(await daemon.redis.sismember(redisKeys.sessionAccounts, "79"));
});

t.test("prolongs a session that is used, at most once an hour", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant());
  const key = redisKeys.session(sha256Hex(session.id!));
  await daemon.redis.expire(key, 100);
  await session.post(ping);
  t.ok((await daemon.redis.ttl(key)) <= 100, "it was touched when it was opened");
  await daemon.restart("SIGTERM");
  await session.post(ping);
  // The touch is not waited for, but comes before a later command.
  await session.post(ping);
  t.ok((await daemon.redis.ttl(key)) > 100);
});

t.test("keeps sessions when the daemon is stopped or killed", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant());
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    await daemon.restart(signal);
    const response = await session.post(callTool(1, "echo", { signal }));
    t.match(response.text, signal);
  }
});

t.test("cuts a client's name and version to displayable text", async (t) => {
  const session = new McpSession(daemon, await daemon.grant({ accountId: "80" }));
  const clientInfo = { name: `a\u0007\u202e${"n".repeat(500)}`, version: { odd: true } };
  await session.post({ ...initialize(), params: { protocolVersion: "2025-11-25", clientInfo } });
  const [stored] = await daemon.sessions("?accountId=80");
  t.equal(stored!.clientName, `a${"n".repeat(99)}…`);
  t.equal(stored!.clientVersion, "");
});
