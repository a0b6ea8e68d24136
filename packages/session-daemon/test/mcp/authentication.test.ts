import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { endGrant, issuer } from "../support/grants.ts";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import { sha256Hex } from "@fjmcp/shared/hash";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t);
const bearerChallenge = `Bearer resource_metadata="${issuer}/.well-known/oauth-protected-resource/mcp", scope="forgejo:read forgejo:write"`;
const methods = ["POST", "GET", "DELETE", "HEAD", "PUT", "PATCH", "OPTIONS"];

t.test("without a token every method is challenged, and the challenge holds no error", async (t) => {
  for (const method of methods) {
    const answer = await daemon.mcp({ method });
    t.equal(answer.status, 401, method);
    t.equal(answer.headers["www-authenticate"], bearerChallenge, method);
  }
});

t.test("a token that is no good is answered with invalid_token on every method", async (t) => {
  for (const method of methods) {
    const answer = await daemon.mcp({ method, headers: { authorization: "Bearer nobody-s" } });
    t.equal(answer.status, 401, method);
    t.equal(answer.headers["www-authenticate"], `${bearerChallenge}, error="invalid_token"`, method);
  }
});

t.test("another scheme counts as no token", async (t) => {
  const answer = await daemon.mcp({ headers: { authorization: "Basic dXNlcjpwYXNz" } });
  t.equal(answer.status, 401);
  t.equal(answer.headers["www-authenticate"], bearerChallenge);
});

t.test("a token in the query is never read", async (t) => {
  const { token } = await daemon.grant();
  const answer = await daemon.mcp({ method: "PUT", path: `/mcp?access_token=${token}` });
  t.equal(answer.status, 401);
  t.equal(answer.headers["www-authenticate"], bearerChallenge);
});

t.test("with a good token, unknown methods are 405 and name the known ones", async (t) => {
  const { token } = await daemon.grant();
  for (const method of ["HEAD", "PUT", "PATCH", "OPTIONS"]) {
    const answer = await daemon.mcp({ method, headers: { authorization: `Bearer ${token}` } });
    t.equal(answer.status, 405, method);
    t.equal(answer.headers.allow, "GET, POST, DELETE, OPTIONS", method);
  }
});

t.test("records that do not fit are refused", async (t) => {
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
    const answer = await daemon.mcp({ method: "PUT", headers: { authorization: `Bearer ${token}` } });
    t.equal(answer.status, 401, what);
    t.match(answer.headers["www-authenticate"], /error="invalid_token"/, what);
  }
});

t.test("an audience among several, and any letter case of the scheme, are good", async (t) => {
  const { token } = await daemon.grant({}, { aud: ["https://x.example.org", `${issuer}/mcp`] });
  t.equal((await daemon.mcp({ method: "PUT", headers: { authorization: `bearer ${token}` } })).status, 405);
});

t.test("a truncated token, and one whose grant has ended, are refused", async (t) => {
  const grant = await daemon.grant();
  const put = (token: string) => daemon.mcp({ method: "PUT", headers: { authorization: `Bearer ${token}` } });
  t.equal((await put(grant.token.slice(0, -1))).status, 401);
  t.equal((await put(grant.token)).status, 405);
  await endGrant(daemon.redis, grant);
  await daemon.control("POST", "/sessions/end", { by: "grant", grantId: grant.grantId });
  t.equal((await put(grant.token)).status, 401);
});

/** Pings again and again on eight connections while `task` runs; resolves with the statuses of 20 pings after it. */
async function pingedAround(session: McpSession, task: () => Promise<unknown>): Promise<number[]> {
  const over = new AbortController();
  const ping = async () => (await session.post({ jsonrpc: "2.0", id: 1, method: "ping" })).status;
  const again = async () => {
    while (!over.signal.aborted) await ping();
  };
  const bursts = Array.from({ length: 8 }, again);
  await sleep(50);
  await task();
  const after = await Promise.all(Array.from({ length: 20 }, ping));
  over.abort();
  await Promise.all(bursts);
  return after;
}

t.test("in a burst, too, access that has ended is refused once the daemon was told", async (t) => {
  const grant = await daemon.grant();
  const after = await pingedAround(await McpSession.open(daemon, grant), async () => {
    await endGrant(daemon.redis, grant);
    await daemon.control("POST", "/sessions/end", { by: "grant", grantId: grant.grantId });
  });
  t.same(after, Array(20).fill(401));
});

t.test("in a burst, too, a session that was ended is there no more", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant());
  const after = await pingedAround(session, async () => {
    t.equal((await session.send("DELETE")).status, 204);
  });
  t.same(after, Array(20).fill(404));
});

t.test("a token or a session that is deleted behind the daemon's back is refused at once", async (t) => {
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

t.test("in a burst, too, a token is refused once it has expired", async (t) => {
  const expiresAtSec = Math.floor(Date.now() / 1000) + 2;
  const session = await McpSession.open(daemon, await daemon.grant({}, { exp: expiresAtSec }));
  const after = await pingedAround(session, () => sleep(expiresAtSec * 1000 - Date.now() + 50));
  t.same(after, Array(20).fill(401));
});

t.test("in a burst the store is asked far less often than requests come", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant());
  const asked = async () =>
    Number(/cmdstat_mget:calls=(\d+)/.exec(await daemon.redis.info("commandstats"))?.[1] ?? 0);
  const before = await asked();
  const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
  await Promise.all(Array.from({ length: 500 }, () => session.post(ping)));
  const reads = (await asked()) - before;
  t.ok(reads >= 1 && reads < 250, `${reads} reads`);
});

t.test("a token without forgejo:read lacks scope", async (t) => {
  const { token } = await daemon.grant({}, { scope: "openid" });
  const answer = await daemon.mcp({ method: "PUT", headers: { authorization: `Bearer ${token}` } });
  t.equal(answer.status, 403);
  t.equal(answer.headers["www-authenticate"], `${bearerChallenge}, error="insufficient_scope"`);
});

t.test("the token is judged before the body, its type and the Accept header", async (t) => {
  const answer = await daemon.mcp({
    headers: { "content-type": "text/plain", accept: "image/png", "content-length": "99999999" },
  });
  t.equal(answer.status, 401);
});

t.test(
  "when the auth-server refuses the token at the child's start, the client is sent to log in",
  async (t) => {
    const usual = daemon.authServer.answer;
    t.teardown(() => (daemon.authServer.answer = usual));
    for (const status of ["invalid_token", "login_required"] as const) {
      daemon.authServer.answer = () => ({ status });
      const session = new McpSession(daemon, await daemon.grant());
      const answer = await session.post({ jsonrpc: "2.0", id: 1, method: "initialize", params: {} });
      t.equal(answer.status, 401, status);
      t.match(answer.headers["www-authenticate"], /error="invalid_token"/, status);
    }
  },
);

t.test("nothing that was sent is in the log", async (t) => {
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
  const log = await daemon.log();
  t.notMatch(log, new RegExp(`CANARY|${token}`));
});

t.test("where Redis tells of no changes, every request asks it", async (t) => {
  const { username } = daemon.redisServer.sessionDaemon;
  await daemon.redis.call("ACL", "SETUSER", username, "-subscribe");
  await daemon.redis.call("CLIENT", "KILL", "TYPE", "pubsub");
  await waitUntil("it should be logged", async () => /every request asks it/.test(await daemon.log()));
  const grant = await daemon.grant();
  const session = await McpSession.open(daemon, grant);
  const after = await pingedAround(session, () => endGrant(daemon.redis, grant));
  t.same(after, Array(20).fill(401));
});
