import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { createEvents } from "../../src/events.ts";
import { RedisClient } from "../../src/redis/redis-client.ts";
import { Secret } from "@fjmcp/shared/config/secret";
import { startPrivateRedis } from "@fjmcp/testkit/redis/private-redis";
import { startRedisProxy } from "@fjmcp/testkit/redis/redis-proxy";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { keptLog } from "../support/run-pool.ts";

async function throughProxy(t: Test) {
  const redis = await startPrivateRedis();
  t.teardown(() => redis.close());
  const proxy = await startRedisProxy(t, redis.socketPath);
  const { username, password } = redis.sessionDaemon;
  const { log } = keptLog();
  const client = new RedisClient(
    { address: { path: proxy.socketPath }, username, password: new Secret(password) },
    { onInvalidate: () => undefined, events: createEvents(log), log },
  );
  t.teardown(() => client.close());
  await waitUntil("both connections should be there", () => client.invalidatesCache);
  t.equal(proxy.connections, 2);
  return { proxy, client };
}

/** Whether a read gets a reply, at once or within the 2 s that a call waits. */
const responds = (client: RedisClient) =>
  client.read(["session:id:x"]).then(
    () => true,
    () => false,
  );

t.test("replaces a connection on which no reply arrives any more", async (t) => {
  const { proxy, client } = await throughProxy(t);
  proxy.silence();
  t.notOk(await responds(client));
  await waitUntil("it should respond again", () => responds(client));
  t.equal(proxy.connections, 3);
});

t.test("keeps an idle connection", async (t) => {
  const { proxy, client } = await throughProxy(t);
  await sleep(4000);
  t.ok(await responds(client));
  t.equal(proxy.connections, 2);
});

t.test("rejects a permanent error reply at once, not as an outage", async (t) => {
  const { client } = await throughProxy(t);
  // The session-daemon's ACL user may not read the vault.
  const startedAtMs = performance.now();
  for (let i = 0; i < 10; i++)
    await t.rejects(client.read(["upstream:x"]), { name: "ReplyError", message: /^NOPERM/ });
  t.ok(performance.now() - startedAtMs < 15_000, "the outage wait of 2 s is not spent on each");
});

t.test("causes no warning of Node's during an outage", async (t) => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on("warning", note);
  t.teardown(() => process.off("warning", note));
  const { proxy, client } = await throughProxy(t);
  proxy.silence();
  // Repeats until the deadline has passed, so that a time left over would be negative.
  await t.rejects(client.read(["session:id:x"]), { name: "StoreUnavailableError" });
  await sleep(50);
  t.same(warnings, []);
});
