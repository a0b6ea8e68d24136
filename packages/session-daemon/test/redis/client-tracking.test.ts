import { Redis } from "ioredis";
import t, { type Test } from "tap";
import { createEvents } from "../../src/events.ts";
import { RedisClient } from "../../src/redis/redis-client.ts";
import { Secret } from "@fjmcp/shared/config/secret";
import { startPrivateRedis } from "@fjmcp/testkit/redis/private-redis";
import { startRedisProxy } from "@fjmcp/testkit/redis/redis-proxy";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { keptLog } from "../support/run-pool.ts";

const key = "token:access:abc";

async function watching(t: Test) {
  const redis = await startPrivateRedis({ appendOnly: true });
  t.teardown(() => redis.close());
  const admin = new Redis(redis.unrestricted);
  admin.on("error", () => undefined);
  t.teardown(() => admin.disconnect());
  const connect = (path: string) => {
    const { username, password } = redis.sessionDaemon;
    const { log, lines } = keptLog();
    const seen = { changes: 0, lines };
    const endpoint = { address: { path }, username, password: new Secret(password) };
    const client = new RedisClient(endpoint, {
      onInvalidate: () => (seen.changes += 1),
      events: createEvents(log),
      log,
    });
    t.teardown(() => client.close());
    return { client, seen };
  };
  return { redis, admin, connect };
}

/** Reads the key and expects an invalidation of what `change` does to it. */
async function expectInvalidation(
  t: Test,
  { client, seen }: { client: RedisClient; seen: { changes: number } },
  change: () => Promise<unknown>,
): Promise<void> {
  await client.read([key]);
  const before = seen.changes;
  await change();
  await waitUntil("the change should be reported", () => seen.changes > before);
  t.pass("reported");
}

const live = (client: RedisClient) =>
  waitUntil("changes should be reported from now on", () => client.invalidatesCache);

t.test("reports every change to a key that was read: set, deleted, expired, flushed", async (t) => {
  const { redis, admin, connect } = await watching(t);
  const watched = connect(redis.socketPath);
  await live(watched.client);
  await expectInvalidation(t, watched, () => admin.set(key, "a"));
  await expectInvalidation(t, watched, () => admin.set(key, "b"));
  await expectInvalidation(t, watched, () => admin.pexpire(key, 2_000));
  await expectInvalidation(t, watched, async () => undefined);
  await expectInvalidation(t, watched, () => admin.set(key, "c"));
  await expectInvalidation(t, watched, () => admin.del(key));
  await expectInvalidation(t, watched, () => admin.set(key, "d"));
  await expectInvalidation(t, watched, () => admin.flushall());
});

t.test("does not report the reader's own writes", async (t) => {
  const { redis, admin, connect } = await watching(t);
  const watched = connect(redis.socketPath);
  await live(watched.client);
  await watched.client.read(["session:id:1", key]);
  const before = watched.seen.changes;
  await watched.client.pipeline((chain) => chain.set("session:id:1", "a"));
  await admin.set(key, "a");
  await waitUntil("the change of the other should be reported", () => watched.seen.changes > before);
  t.equal(watched.seen.changes, before + 1);
});

t.test("does not report keys that were never read", async (t) => {
  const { redis, admin, connect } = await watching(t);
  const watched = connect(redis.socketPath);
  await live(watched.client);
  await watched.client.read([key]);
  const before = watched.seen.changes;
  await admin.set("token:access:other", "a");
  await admin.set("upstream:app:1", "a");
  await expectInvalidation(t, watched, () => admin.set(key, "a"));
  t.equal(watched.seen.changes, before + 1);
});

t.test("invalidates when either connection is lost, and resumes by itself", async (t) => {
  const { redis, admin, connect } = await watching(t);
  const watched = connect(redis.socketPath);
  for (const type of ["pubsub", "normal", "pubsub", "normal"]) {
    await live(watched.client);
    await expectInvalidation(t, watched, () => admin.call("CLIENT", "KILL", "TYPE", type, "SKIPME", "yes"));
    await live(watched.client);
    await expectInvalidation(t, watched, () => admin.set(key, type));
  }
});

t.test("invalidates when Redis itself is lost, and resumes with its return", async (t) => {
  const { redis, admin, connect } = await watching(t);
  const watched = connect(redis.socketPath);
  await live(watched.client);
  await expectInvalidation(t, watched, () => redis.kill("SIGKILL"));
  t.notOk(watched.client.invalidatesCache);
  await redis.start();
  await live(watched.client);
  await waitUntil("the test should reach it too", () => admin.status === "ready");
  await expectInvalidation(t, watched, () => admin.set(key, "a"));
});

t.test("promises no invalidation until both connections are ready", async (t) => {
  const { redis, connect } = await watching(t);
  const proxy = await startRedisProxy(t, redis.socketPath);
  const broken = proxy.breakAt(/subscribe/i);
  const watched = connect(proxy.socketPath);
  await broken;
  t.notOk(watched.client.invalidatesCache);
  proxy.restore();
  await live(watched.client);
});

t.test("reads without the right to subscribe, and logs that tracking is unavailable", async (t) => {
  const { redis, admin, connect } = await watching(t);
  await admin.call("ACL", "SETUSER", redis.sessionDaemon.username, "-subscribe");
  const { client, seen } = connect(redis.socketPath);
  await waitUntil("it should be logged", () =>
    seen.lines.some((line) => /redis\.tracking_unavailable/.test(line)),
  );
  await admin.set(key, "a");
  t.same(await client.read([key]), ["a"]);
  t.notOk(client.invalidatesCache);
});
