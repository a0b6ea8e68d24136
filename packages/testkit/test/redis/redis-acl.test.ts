import { Redis } from "ioredis";
import t from "tap";
import { startPrivateRedis } from "../../src/redis/private-redis.ts";

const redis = await startPrivateRedis();
t.teardown(() => redis.close());

function connect(user: { username: string; password: string }): Redis {
  const { username, password } = user;
  const client = new Redis({ path: redis.socketPath, username, password });
  t.teardown(() => client.disconnect());
  return client;
}

const admin = connect(redis.unrestricted);
const authServer = connect(redis.authServer);
const sessionDaemon = connect(redis.sessionDaemon);
const rejected = /NOPERM|no permissions/i;

t.test("the session-daemon reads tokens and grants and stores sessions", async (t) => {
  await admin.set("token:access:abc", "record");
  await admin.set("grant:g", "grant");
  const both = await sessionDaemon.pipeline().get("token:access:abc").exists("grant:g").exec();
  t.same(both, [
    [null, "record"],
    [null, 1],
  ]);
  await sessionDaemon.multi().set("session:id:1", "s", "EX", 60).hset("session:of:1", "1", "client").exec();
  t.equal(await sessionDaemon.get("session:id:1"), "s");
  t.match(await sessionDaemon.info("server"), /redis_version/);
});

t.test("the session-daemon can neither write a token nor revoke a grant", async (t) => {
  await t.rejects(sessionDaemon.set("token:access:forged", "record"), rejected);
  await t.rejects(sessionDaemon.set("token:access:abc", "changed", "XX", "GET"), rejected);
  await t.rejects(sessionDaemon.del("token:access:abc"), rejected);
  await t.rejects(sessionDaemon.expire("grant:g", 1), rejected);
  await t.rejects(sessionDaemon.set("grant:forged", "grant"), rejected);
});

t.test("the session-daemon can read neither the vault nor other tokens, logins or clients", async (t) => {
  for (const key of [
    "upstream:app:1",
    "upstream-lock:app:1",
    "token:refresh:r",
    "token:code:c",
    "interaction:i",
    "login-state:s",
  ]) {
    await admin.set(key, "secret");
    await t.rejects(sessionDaemon.get(key), rejected, key);
    await t.rejects(sessionDaemon.mget("token:access:abc", key), rejected, key);
  }
});

t.test("the session-daemon runs no script, lists no keys and administers nothing", async (t) => {
  await t.rejects(sessionDaemon.eval("return redis.call('GET', KEYS[1])", 1, "session:id:1"), rejected);
  await t.rejects(sessionDaemon.script("LOAD", "return 1"), rejected);
  await t.rejects(sessionDaemon.call("FUNCTION", "LIST"), rejected);
  await t.rejects(sessionDaemon.scan(0), rejected);
  await t.rejects(sessionDaemon.keys("*"), rejected);
  await t.rejects(sessionDaemon.acl("LIST"), rejected);
  await t.rejects(sessionDaemon.config("GET", "*"), rejected);
  await t.rejects(sessionDaemon.call("MONITOR"), rejected);
  await t.rejects(sessionDaemon.call("CLIENT", "LIST"), rejected);
  await t.rejects(sessionDaemon.publish("channel", "x"), rejected);
});

t.test("the session-daemon may subscribe to invalidation messages and to nothing else", async (t) => {
  const listener = sessionDaemon.duplicate({ protocol: 2 });
  t.teardown(() => listener.disconnect());
  await t.rejects(listener.subscribe("anything"), rejected);
  await t.rejects(listener.psubscribe("*"), rejected);
  t.equal(await listener.subscribe("__redis__:invalidate"), 1);
});

t.test("the auth-server reads and writes everything, with scripts, and administers nothing", async (t) => {
  await authServer.set("upstream:app:1", "record", "EX", 60);
  await authServer.multi().sadd("grant-tokens:g", "k").pexpire("grant-tokens:g", 1000).exec();
  t.equal(await authServer.eval("return redis.call('GET', KEYS[1])", 1, "upstream:app:1"), "record");
  authServer.defineCommand("ended", { numberOfKeys: 1, lua: "return redis.call('DEL', KEYS[1])" });
  t.equal(await (authServer as unknown as { ended(key: string): Promise<number> }).ended("grant:g"), 1);
  t.type((await authServer.scan(0))[1], Array);
  t.match(await authServer.info("server"), /redis_version/);
  await t.rejects(authServer.flushall(), rejected);
  await t.rejects(authServer.keys("*"), rejected);
  await t.rejects(authServer.config("GET", "*"), rejected);
  await t.rejects(authServer.acl("LIST"), rejected);
});

t.test("rejects a client without name and password", async (t) => {
  const anonymous = new Redis({ path: redis.socketPath, lazyConnect: true, retryStrategy: () => null });
  anonymous.on("error", () => undefined);
  t.teardown(() => anonymous.disconnect());
  await t.rejects(anonymous.get("token:access:abc"));
});
