import { createServer } from "node:http";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import t from "tap";
import {
  adminInspectionResponse,
  adminStatusResponse,
  adminWorkersResponse,
  endAccessResponse,
  endOneResponse,
  listClientsResponse,
  listUsersResponse,
} from "@fjmcp/shared/ipc/admin";
import { listenUnix } from "@fjmcp/shared/http-server/unix-listener";
import { request } from "@fjmcp/testkit/mcp-client/http-client";
import { readFile } from "node:fs/promises";
import { connect, refresh, register } from "../support/client.ts";
import { kindsOfKeys } from "../support/grant-keys.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const socketPath = join(setup.directory, "admin.sock");
const { origin, process: authServer } = await setup.spawn({ FJMCP_ADMIN_SOCKET: socketPath });

async function admin(method: string, path: string, body?: object) {
  const headers = { "content-type": "application/json" };
  return request(
    { socketPath },
    { method, path, ...(body !== undefined && { body: JSON.stringify(body), headers }) },
  );
}

const users = async (query = "") => listUsersResponse.parse((await admin("GET", `/users${query}`)).json);
const clients = async (query = "") =>
  listClientsResponse.parse((await admin("GET", `/clients${query}`)).json);
const end = async (kind: string, body: object) =>
  endAccessResponse.parse((await admin("POST", `/${kind}/end`, body)).json);

async function auditLines(event: string): Promise<Record<string, unknown>[]> {
  const log = await readFile(authServer.logFile, "utf8");
  return log
    .split("\n")
    .filter((line) => line.includes(`"event":"${event}"`))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

t.beforeEach(async () => {
  await setup.admin.flushall();
});

t.test("lists users with their grants and clients, and finds one by id or login", async (t) => {
  t.same(await users(), { users: [], total: 0 });
  const client = await register(origin, { client_name: "One‮" });
  await connect(origin, setup.user("alice"), client);
  await connect(origin, setup.user("alice"), client);
  await connect(origin, setup.user("bob"));
  const all = await users();
  t.match(all, {
    total: 2,
    users: [
      { login: "alice", grants: 2, clients: 1, lastUsedAtSec: Number },
      { login: "bob", grants: 1, clients: 1 },
    ],
  });
  const [alice, bob] = all.users;
  t.same((await users("?find=ALICE")).users, [alice]);
  t.same((await users(`?find=${bob!.accountId}`)).users, [bob]);
  t.same((await users("?find=none")).users, []);
  const first = await users("?limit=1");
  t.match(first, { total: 2, users: [alice] });
  t.match(await users(`?limit=1&after=${first.next}`), { users: [bob], next: undefined });
  t.equal((await admin("GET", "/users?limit=0")).status, 400);

  const listed = await clients();
  t.equal(listed.total, 2);
  t.match(
    listed.clients.find(({ grants }) => grants === 2),
    {
      name: "One",
      hosts: ["client.example"],
      scopes: ["forgejo:read", "forgejo:write"],
      toolsets: ["issues", "pull-requests", "code", "releases", "notifications", "context"],
      accountIds: [alice!.accountId],
      accountCount: 1,
    },
  );
  t.equal((await clients(`?accountId=${bob!.accountId}`)).total, 1);
});

t.test("disconnects a user: grants, tokens and Forgejo tokens are gone, others stay", async (t) => {
  const one = await connect(origin, setup.user("alice"));
  const two = await connect(origin, setup.user("alice"));
  const other = await connect(origin, setup.user("bob"));
  const [alice] = (await users("?find=alice")).users;
  t.same(await end("users", { accountId: alice!.accountId }), { status: "ok", grants: 2 });
  for (const client of [one, two])
    t.match(await refresh(origin, client, client.refreshToken), { body: { error: "invalid_grant" } });
  t.same(await setup.admin.keys(`upstream:*:${alice!.accountId}`), []);
  t.equal((await users()).total, 1);
  t.equal((await refresh(origin, other, other.refreshToken)).status, 200);

  const ended = (await auditLines("access.ended")).at(-1);
  t.match(ended, { kind: "user", accountId: alice!.accountId, grants: 2, reason: "administrator" });
  const revoked = (await auditLines("grant.revoked")).slice(-2);
  t.match(revoked, [{ reason: "administrator" }, { reason: "administrator" }]);
  t.same(await end("users", { accountId: alice!.accountId }), { status: "unknown", grants: 0 });
});

t.test("ends a client for one user, or for all", async (t) => {
  const client = await register(origin);
  const alice = await connect(origin, setup.user("alice"), client);
  const bob = await connect(origin, setup.user("bob"), client);
  const kept = await connect(origin, setup.user("alice"));
  const shared = (await clients()).clients.find(({ accountCount }) => accountCount === 2)!;
  const { clientRef } = shared;
  t.equal((await admin("POST", "/clients/end", { clientRef })).status, 400, "an account or all users");
  const [account] = (await users("?find=alice")).users;
  t.same(await end("clients", { clientRef, accountId: account!.accountId }), { status: "ok", grants: 1 });
  t.match(await refresh(origin, alice, alice.refreshToken), { body: { error: "invalid_grant" } });
  t.equal((await refresh(origin, bob, bob.refreshToken)).status, 200);
  t.same(await end("clients", { clientRef, allUsers: true }), { status: "ok", grants: 1 });
  t.equal((await refresh(origin, kept, kept.refreshToken)).status, 200);
  t.same(await end("clients", { clientRef, allUsers: true }), { status: "unknown", grants: 0 });
  t.match((await auditLines("access.ended")).at(-1), { kind: "client", clientRef, reason: "administrator" });
});

t.test("leaves nothing but tombstones of an ended user, and the history for that user", async (t) => {
  await connect(origin, setup.user("alice"));
  const [alice] = (await users()).users;
  await end("users", { accountId: alice!.accountId });
  t.same(await kindsOfKeys(setup.admin), ["revoked-grant"]);
  t.equal(await setup.admin.exists(`account-history:${alice!.accountId}`), 1);
});

t.test("reports both daemons, and a session-daemon that is away", async (t) => {
  const status = adminStatusResponse.parse((await admin("GET", "/status")).json);
  t.match(status, {
    authServer: { issuer: setup.issuer, redis: { status: "ok" }, sessionDaemon: { status: "away" } },
    sessionDaemon: { status: "away", reason: /does not respond/ },
    forgejoUrl: setup.forgejo.url,
  });
  const inspection = adminInspectionResponse.parse((await admin("GET", "/inspection")).json);
  t.ok(inspection.authServer.findings.some(({ text }) => /Redis .* accepts/.test(text)));
  t.match(adminWorkersResponse.parse((await admin("GET", "/workers")).json), { status: "away" });
  t.match(endOneResponse.parse((await admin("POST", "/workers/end", { pid: 5 })).json), { status: "away" });
});

t.test("responds with a sentence to a body that is no request or too large", async (t) => {
  t.match(await admin("POST", "/clients/end", {}), { status: 400, json: { error: /contract/ } });
  const large = { clientRef: "x".repeat(16 * 1024) };
  t.match(await admin("POST", "/clients/end", large), { status: 413, json: { error: /larger/ } });
  t.match(await admin("GET", "/else"), { status: 404, json: { error: /nothing/ } });
});

t.test("audits the end of a session and of a worker, when there was one", async (t) => {
  const requests: unknown[] = [];
  const control = createServer(async (req, res) => {
    if (req.method !== "POST") return res.end("{}");
    const body = (await json(req)) as { pid?: number };
    requests.push(body);
    return res.end(JSON.stringify(body.pid === 5 ? { workers: 0 } : { workers: 1, streams: 0, sessions: 1 }));
  });
  await listenUnix(control, join(setup.directory, "control.sock"));
  t.teardown(() => control.close());
  const before = (await auditLines("access.ended")).length;
  const endOne = async (kind: string, body: object) =>
    endOneResponse.parse((await admin("POST", `/${kind}/end`, body)).json);
  t.same(await endOne("sessions", { sessionRef: "0123456789ab" }), { status: "ok", response: { ended: 1 } });
  t.same(await endOne("workers", { pid: 4 }), { status: "ok", response: { ended: 1 } });
  t.same(await endOne("workers", { pid: 5 }), { status: "ok", response: { ended: 0 } });
  t.same(requests, [{ by: "session", sessionRef: "0123456789ab" }, { pid: 4 }, { pid: 5 }]);
  t.match((await auditLines("access.ended")).slice(before), [
    { kind: "session", sessionRef: "0123456789ab", reason: "administrator" },
    { kind: "worker", pid: 4, reason: "administrator" },
  ]);
});

t.test("says 503 with a reference while Redis is away, and never shows a secret", async (t) => {
  const { accessToken, refreshToken } = await connect(origin, setup.user("alice"));
  const texts = await Promise.all(
    ["/users", "/clients", "/status", "/inspection"].map(async (path) => (await admin("GET", path)).text),
  );
  for (const secret of [...setup.secrets, accessToken, refreshToken])
    t.notOk(texts.some((text) => text.includes(secret)));
  await setup.redis.kill("SIGKILL");
  t.match(await admin("GET", "/users"), { status: 503, json: { error: /reference/ } });
  await setup.redis.start();
});
