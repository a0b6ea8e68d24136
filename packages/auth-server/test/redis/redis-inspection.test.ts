import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createConnection, createServer } from "node:net";
import { once } from "node:events";
import t from "tap";
import { Secret } from "@fjmcp/shared/config/secret";
import { redisFindings } from "@fjmcp/shared/redis/redis-findings";
import { inspectRedis } from "@fjmcp/shared/redis/redis-inspection";
import { startPrivateRedis } from "@fjmcp/testkit/redis/private-redis";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { redisRights } from "../../src/redis/redis-rights.ts";
import { unrestricted } from "../support/upstream-setup.ts";

const redis = await startPrivateRedis({ appendOnly: true });
t.teardown(() => redis.close());
const admin = unrestricted(t, redis);
const { username, password } = redis.authServer;
const endpoint = { address: { path: redis.socketPath }, username, password: new Secret(password) };
const inspect = (changes: Partial<typeof endpoint> = {}) =>
  inspectRedis({ ...endpoint, ...changes }, redisRights);
const faultsOf = async (changes: Partial<typeof endpoint>) =>
  (await inspect(changes)).findings.filter(({ level }) => level === "fault").map(({ text }) => text);

t.test("finds a Redis with the deployed ACL good, and changes nothing in it", async (t) => {
  const { health, findings } = await inspect();
  t.same(health, { status: "ok" });
  t.ok(findings.length >= 2);
  t.ok(
    findings.every(({ level }) => level === "ok"),
    JSON.stringify(findings),
  );
  t.equal(await admin.dbsize(), 0);
});

t.test("names a wrong password or user, without printing the password", async (t) => {
  for (const wrong of [{ password: new Secret("not-the-password") }, { username: "unknown-user" }]) {
    const [fault, ...others] = await faultsOf(wrong);
    t.match(fault, /^FJMCP_REDIS_AUTH_PASSWORD_FILE: Redis rejects the user \S+ or its password \(WRONGPASS/);
    t.same(others, []);
    t.notMatch(fault, /not-the-password/);
  }
});

t.test("names the socket that it may not open", async (t) => {
  chmodSync(redis.socketPath, 0o000);
  const isRoot = process.geteuid!() === 0;
  if (isRoot) process.seteuid!(65_534);
  const found = await redisFindings(endpoint, redisRights).finally(() => {
    if (isRoot) process.seteuid!(0);
    chmodSync(redis.socketPath, 0o600);
  });
  const text = found.map((finding) => finding.text).join();
  t.match(
    text,
    /^FJMCP_REDIS: this daemon has no permission to open \S+\.sock \(EACCES\): put its user into/,
  );
  t.match(text, redis.socketPath);
});

t.test("names each right that is missing", async (t) => {
  const secret = "password of limited users";
  const user = async (name: string, ...rules: string[]) => {
    await admin.acl("SETUSER", name, "on", `>${secret}`, "~*", ...rules);
    return { username: name, password: new Secret(secret) };
  };
  const limited = await user("limited", "+@all", "-evalsha", "-zadd", "-@dangerous", "+info");
  t.match(await faultsOf(limited), [
    /^FJMCP_REDIS_AUTH_USERNAME: limited may not run .*ZADD.*EVALSHA.*deploy\/redis\.acl/,
  ]);
  const noMulti = await user("no-multi", "+@all", "-multi");
  t.match(await faultsOf(noMulti), [/may not run MULTI/]);
  t.equal(await admin.dbsize(), 0, "no command was executed");
  const someKeys = await user("some-keys", "resetkeys", "~token:*", "+@all");
  t.match(await faultsOf(someKeys), [/may not run .*SET grant:/]);
});

t.test("warns of a user with more rights than it needs", async (t) => {
  const all = { username: redis.unrestricted.username, password: new Secret(redis.unrestricted.password) };
  const { health, findings } = await inspect(all);
  t.same(health, { status: "ok" });
  t.match(
    findings.filter(({ level }) => level === "warning"),
    [{ text: /may also run FLUSHALL, CONFIG get, ACL list/ }],
  );
  t.equal(await admin.dbsize(), 0);
});

t.test("finds a Redis that is too old", async (t) => {
  const path = join(temporaryDirectory(t), "old.sock");
  const old = createServer((near) => {
    const far = createConnection({ path: redis.socketPath });
    near.pipe(far);
    far.on("data", (chunk) => {
      near.write(chunk.toString("latin1").replace(/redis_version:\d/, "redis_version:6"), "latin1");
    });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const)
      socket.on("close", () => other.destroy()).on("error", () => undefined);
  }).listen(path);
  await once(old, "listening");
  t.teardown(() => old.close());
  t.match(await inspect({ address: { path } }), {
    health: { status: "misconfigured" },
    findings: [{ level: "fault", text: /^FJMCP_REDIS: Redis is 6\.\S+, and must be 7\.0 or newer$/ }],
  });
});

t.test("tells a full, a read-only and a stopped Redis apart", async (t) => {
  await admin.config("SET", "maxmemory", "1");
  t.match(await inspect(), {
    health: { status: "full", reason: /^OOM/ },
    findings: [{ level: "ok" }, { level: "warning" }],
  });
  await admin.config("SET", "maxmemory", "0");
  await admin.config("SET", "min-replicas-to-write", "1");
  t.match(await inspect(), { health: { status: "read_only", reason: /^NOREPLICAS/ } });
  await admin.config("SET", "min-replicas-to-write", "0");
  await admin.replicaof("127.0.0.1", "1");
  t.match(await inspect(), { health: { status: "read_only", reason: /^READONLY/ } });
  await admin.replicaof("NO", "ONE");
  t.same((await inspect()).health, { status: "ok" });
});

t.test("warns when Redis does not append its writes to a file", async (t) => {
  await admin.config("SET", "appendonly", "no");
  t.teardown(() => admin.config("SET", "appendonly", "yes"));
  const { findings } = await inspect();
  t.match(
    findings.filter(({ level }) => level === "warning"),
    [{ text: /appendonly no.*set appendonly yes and appendfsync always/ }],
  );
});

t.test("is away, within seconds, where no Redis responds", async (t) => {
  const folder = temporaryDirectory(t);
  const path = (name: string) => ({ address: { path: join(folder, name) } });
  t.match(await inspect(path("none.sock")), { health: { status: "away", reason: "ENOENT" }, findings: [] });
  writeFileSync(join(folder, "file"), "");
  t.match(await inspect(path("file")), { health: { status: "away", reason: "ECONNREFUSED" } });
  const silent = createServer().listen(join(folder, "silent.sock"));
  await once(silent, "listening");
  t.teardown(() => silent.close());
  t.match(await inspect(path("silent.sock")), { health: { status: "away", reason: /timed out/i } });
  const other = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")).listen(
    join(folder, "http.sock"),
  );
  await once(other, "listening");
  t.teardown(() => other.close());
  t.match(await inspect(path("http.sock")), { health: { status: "away" } });
});
