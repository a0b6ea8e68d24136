import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
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
  const client = new RedisClient(
    { address: { path: proxy.socketPath }, username, password: new Secret(password) },
    () => undefined,
    keptLog().log,
  );
  t.teardown(() => client.close());
  await waitUntil("both connections should be there", () => client.tellsChanges);
  t.equal(proxy.connections, 2);
  return { proxy, client };
}

t.test("a connection over which nothing comes any more is replaced", async (t) => {
  const { proxy, client } = await throughProxy(t);
  proxy.silence();
  t.notOk(await client.answers());
  await waitUntil("it should answer again", () => client.answers(), { timeoutMs: 20_000 });
  t.equal(proxy.connections, 3);
});

t.test("an idle connection is kept", async (t) => {
  const { proxy, client } = await throughProxy(t);
  await sleep(4000);
  t.ok(await client.answers());
  t.equal(proxy.connections, 2);
});
