import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { endGrant, issuer } from "../support/grants.ts";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import { sha256Hex } from "@fjmcp/shared/hash";
import { sdkChildCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t);
const bearerChallenge = `Bearer resource_metadata="${issuer}/.well-known/oauth-protected-resource/mcp", scope="forgejo:read forgejo:write"`;
const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
const methods = ["POST", "GET", "DELETE", "HEAD", "PUT", "PATCH", "OPTIONS"];

t.test("challenges every method without a token, with no error in the challenge", async (t) => {
  for (const method of methods) {
    const response = await daemon.mcp({ method });
    t.equal(response.status, 401, method);
    t.equal(response.headers["www-authenticate"], bearerChallenge, method);
  }
});

t.test("rejects an unknown token with invalid_token on every method", async (t) => {
  for (const method of methods) {
    const response = await daemon.mcp({ method, headers: { authorization: "Bearer nobody-s" } });
    t.equal(response.status, 401, method);
    t.equal(response.headers["www-authenticate"], `${bearerChallenge}, error="invalid_token"`, method);
  }
});

t.test("names the metadata of the requested URL in the challenge", async (t) => {
  const metadata = `${issuer}/.well-known/oauth-protected-resource`;
  for (const [path, expected] of [
    ["/mcp/", "/mcp/"],
    ["/mcp?toolsets=issues&readonly", "/mcp?toolsets=issues&readonly"],
    ["/mcp/?x=1", "/mcp/?x=1"],
    ['/mcp?x="y\\', "/mcp?x=%22y%5C"],
    ["/mcp?x=1#y", "/mcp?x=1"],
    [`/mcp?${"x".repeat(4000)}`, "/mcp"],
  ] as const) {
    const response = await daemon.mcp({ path });
    t.equal(response.status, 401, path);
    const challenge = response.headers["www-authenticate"];
    t.ok(challenge?.startsWith(`Bearer resource_metadata="${metadata}${expected}",`), path);
  }
});

t.test("reads the body of a rejected request to its end before it closes, as proxies require", async (t) => {
  for (const [path, status] of [
    ["/mcp", 401],
    ["/elsewhere", 404],
  ] as const) {
    const socket = connect(daemon.mcpSocket);
    await once(socket, "connect");
    const closed = text(socket);
    const bytes = 64 * 1024;
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: ${4 * bytes}\r\n\r\n`,
    );
    for (let i = 0; i < 4; i++) {
      await sleep(20);
      t.equal(await written(socket, Buffer.alloc(bytes, " ")), undefined, `part ${i} is read`);
    }
    t.match(await closed, `HTTP/1.1 ${status}`);
  }
});

t.test("treats another scheme as no token", async (t) => {
  const response = await daemon.mcp({ headers: { authorization: "Basic dXNlcjpwYXNz" } });
  t.equal(response.status, 401);
  t.equal(response.headers["www-authenticate"], bearerChallenge);
});

t.test("never reads a token from the query", async (t) => {
  const { token } = await daemon.grant();
  const response = await daemon.mcp({ method: "PUT", path: `/mcp?access_token=${token}` });
  t.equal(response.status, 401);
  t.notMatch(response.headers["www-authenticate"], "error=");
});

t.test("responds to unknown methods with 405 and the allowed methods, given a valid token", async (t) => {
  const { token } = await daemon.grant();
  for (const method of ["HEAD", "PUT", "PATCH", "OPTIONS"]) {
    const response = await daemon.mcp({ method, headers: { authorization: `Bearer ${token}` } });
    t.equal(response.status, 405, method);
    t.equal(response.headers.allow, "GET, POST, DELETE, OPTIONS", method);
  }
});

t.test("rejects tokens whose records do not match", async (t) => {
  const now = Math.floor(Date.now() / 1000);
  const unfit: Record<string, Record<string, unknown>> = {
    expired: { exp: now - 1 },
    "for another audience": { aud: "https://other.example.org/mcp" },
    "for the issuer instead of the resource": { aud: issuer },
    "without an audience": { aud: undefined },
    "of another kind": { kind: "RefreshToken" },
    "without a grant": { grantId: "" },
  };
  for (const [what, record] of Object.entries(unfit)) {
    const { token } = await daemon.grant({}, record);
    const response = await daemon.mcp({ method: "PUT", headers: { authorization: `Bearer ${token}` } });
    t.equal(response.status, 401, what);
    t.match(response.headers["www-authenticate"], /error="invalid_token"/, what);
  }
});

t.test("accepts one audience among several, and any letter case of the scheme", async (t) => {
  const { token } = await daemon.grant({}, { aud: ["https://x.example.org", `${issuer}/mcp`] });
  t.equal((await daemon.mcp({ method: "PUT", headers: { authorization: `bearer ${token}` } })).status, 405);
});

t.test("rejects a truncated token, and one whose grant has ended", async (t) => {
  const grant = await daemon.grant();
  const put = (token: string) => daemon.mcp({ method: "PUT", headers: { authorization: `Bearer ${token}` } });
  t.equal((await put(grant.token.slice(0, -1))).status, 401);
  t.equal((await put(grant.token)).status, 405);
  await endGrant(daemon.redis, grant);
  await daemon.control("POST", "/sessions/end", { by: "grant", grantId: grant.grantId });
  t.equal((await put(grant.token)).status, 401);
});

/** How often the daemon has read records, in all. */
async function storeReads(): Promise<number> {
  return Number(/cmdstat_mget:calls=(\d+)/.exec(await daemon.redis.info("commandstats"))?.[1] ?? 0);
}

/** Pings again and again on eight connections while `task` runs; resolves with the statuses of 20 pings after it. */
async function pingedAround(session: McpSession, task: () => Promise<unknown>): Promise<number[]> {
  const over = new AbortController();
  const pinged = async () => (await session.post(ping)).status;
  const again = async () => {
    while (!over.signal.aborted) await pinged();
  };
  const bursts = Array.from({ length: 8 }, again);
  await sleep(50);
  await task();
  const after = await Promise.all(Array.from({ length: 20 }, pinged));
  over.abort();
  await Promise.all(bursts);
  return after;
}

t.test("rejects a revoked grant in a burst once the daemon is notified", async (t) => {
  const grant = await daemon.grant();
  const after = await pingedAround(await McpSession.open(daemon, grant), async () => {
    await endGrant(daemon.redis, grant);
    await daemon.control("POST", "/sessions/end", { by: "grant", grantId: grant.grantId });
  });
  t.same(after, Array(20).fill(401));
});

t.test("rejects a deleted session in a burst", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant());
  const after = await pingedAround(session, async () => {
    t.equal((await session.send("DELETE")).status, 204);
  });
  t.same(after, Array(20).fill(404));
});

t.test("rejects at once a token or a session that another process has deleted from Redis", async (t) => {
  const grant = await daemon.grant();
  const session = await McpSession.open(daemon, grant);
  const withoutToken = await pingedAround(session, async () => {
    await endGrant(daemon.redis, grant);
    await sleep(15);
  });
  t.same(withoutToken, Array(20).fill(401));

  const other = await McpSession.open(daemon, await daemon.grant());
  const withoutSession = await pingedAround(other, async () => {
    await daemon.redis.del(redisKeys.session(sha256Hex(other.id!)));
    await sleep(15);
  });
  t.same(withoutSession, Array(20).fill(404));
});

t.test(
  "rejects at once a session that another process deletes after the daemon has written it",
  async (t) => {
    const daemon = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: sdkChildCommand() });
    const writes: Record<string, (session: McpSession) => Promise<unknown>> = {
      "its log level": (session) =>
        session.post({ jsonrpc: "2.0", id: 2, method: "logging/setLevel", params: { level: "error" } }),
      "its subscriptions": (session) =>
        session.post({ jsonrpc: "2.0", id: 2, method: "resources/subscribe", params: { uri: "sdk://one" } }),
      "its time to live": async (session) => {
        const key = redisKeys.session(sha256Hex("found-after-a-restart"));
        await daemon.redis.rename(redisKeys.session(sha256Hex(session.id!)), key);
        session.id = "found-after-a-restart";
        return session.post(ping);
      },
    };
    for (const [name, write] of Object.entries(writes)) {
      const session = await McpSession.open(daemon, await daemon.grant());
      t.match(await write(session), { json: { result: {} } }, name);
      await sleep(15);
      await daemon.redis.del(redisKeys.session(sha256Hex(session.id!)));
      await sleep(15);
      t.equal((await session.post(ping)).status, 404, name);
    }
  },
);

t.test("rejects a token in a burst once it has expired", async (t) => {
  const expiresAtSec = Math.floor(Date.now() / 1000) + 4;
  const session = await McpSession.open(daemon, await daemon.grant({}, { exp: expiresAtSec }));
  const after = await pingedAround(session, () => sleep(expiresAtSec * 1000 - Date.now() + 50));
  t.same(after, Array(20).fill(401));
});

t.test("reads the store far less often than requests come in a burst", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant());
  const before = await storeReads();
  await Promise.all(Array.from({ length: 500 }, () => session.post(ping)));
  const reads = (await storeReads()) - before;
  t.ok(reads >= 1 && reads < 250, `${reads} reads`);
});

t.test(
  "reads nothing for the first request of a new session, and rejects it at once when that is deleted",
  async (t) => {
    const grant = await daemon.grant();
    const deleted: number[] = [];
    let reads = 0;
    for (let i = 0; i < 20; i++) {
      const session = await McpSession.open(daemon, grant);
      const before = await storeReads();
      t.equal((await session.post(ping)).status, 200);
      reads += (await storeReads()) - before;
      await daemon.redis.del(redisKeys.session(sha256Hex(session.id!)));
      await sleep(15);
      deleted.push((await session.post(ping)).status);
    }
    t.ok(reads < 10, `${reads} reads for the first requests of 20 sessions`);
    t.same(deleted, Array(20).fill(404));
  },
);

t.test("rejects a token without forgejo:read with insufficient_scope", async (t) => {
  const { token } = await daemon.grant({}, { scope: "openid" });
  const response = await daemon.mcp({ method: "PUT", headers: { authorization: `Bearer ${token}` } });
  t.equal(response.status, 403);
  t.equal(response.headers["www-authenticate"], `${bearerChallenge}, error="insufficient_scope"`);
});

t.test("verifies the token before the body, its type and the Accept header", async (t) => {
  const response = await daemon.mcp({
    headers: { "content-type": "text/plain", accept: "image/png", "content-length": "99999999" },
  });
  t.equal(response.status, 401);
});

t.test(
  "sends the client to log in when the auth-server rejects the token at the child's start",
  async (t) => {
    const usual = daemon.authServer.respond;
    t.teardown(() => (daemon.authServer.respond = usual));
    for (const status of ["invalid_token", "login_required"] as const) {
      daemon.authServer.respond = () => ({ status });
      // An account that has had no worker yet: nothing responds to initialize in place of the child.
      const session = new McpSession(daemon, await daemon.grant({ accountId: `no-worker-${status}` }));
      const response = await session.post({ jsonrpc: "2.0", id: 1, method: "initialize", params: {} });
      t.equal(response.status, 401, status);
      t.match(response.headers["www-authenticate"], /error="invalid_token"/, status);
    }
  },
);

t.test("logs nothing that a client has sent", async (t) => {
  const { token } = await daemon.grant();
  await daemon.mcp({
    path: "/mcp?canary=QUERY-CANARY",
    headers: {
      authorization: `Bearer ${token}`,
      "x-canary": "HEADER-CANARY",
      "content-type": "application/json",
    },
    body: '{"BODY-CANARY',
  });
  const log = await daemon.completeLog();
  t.notMatch(log, new RegExp(`CANARY|${token}`));
});

t.test("reads Redis for every request where client tracking is unavailable", async (t) => {
  const { username } = daemon.redisServer.sessionDaemon;
  await daemon.redis.call("ACL", "SETUSER", username, "-subscribe");
  await daemon.redis.call("CLIENT", "KILL", "TYPE", "pubsub");
  await waitUntil("it should be logged", async () => /redis\.tracking_unavailable/.test(await daemon.log()));
  const grant = await daemon.grant();
  const session = await McpSession.open(daemon, grant);
  const after = await pingedAround(session, () => endGrant(daemon.redis, grant));
  t.same(after, Array(20).fill(401));
});

/** Resolves with the error of a write, if there is one. */
function written(socket: Socket, data: Buffer): Promise<Error | undefined> {
  return new Promise((resolve) => {
    socket.once("error", resolve);
    socket.write(data, (error) => resolve(error ?? undefined));
  });
}
