import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { connectRedis } from "@fjmcp/shared/redis/redis-connection";
import { StoreUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";
import { Secret } from "@fjmcp/shared/config/secret";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { startRedisProxy } from "@fjmcp/testkit/redis/redis-proxy";
import { memoryLog, privateRedis } from "../support/upstream-setup.ts";

async function throughProxy(t: Test) {
  const redis = await privateRedis(t);
  const proxy = await startRedisProxy(t, redis.socketPath);
  const { username, password } = redis.authServer;
  const connection = connectRedis(
    { address: { path: proxy.socketPath }, username, password: new Secret(password) },
    memoryLog().log,
  );
  t.teardown(() => connection.close());
  const ping = () => connection.run((commands) => commands.ping());
  await ping();
  return { proxy, ping };
}

t.test("replaces a connection over which no reply arrives", async (t) => {
  const { proxy, ping } = await throughProxy(t);
  proxy.silence();
  await t.rejects(ping(), StoreUnavailableError);
  t.equal(await waitUntil("it should respond again", ping), "PONG");
  t.equal(proxy.connections, 2);
});

t.test("keeps an idle connection", async (t) => {
  const { proxy, ping } = await throughProxy(t);
  await sleep(4000);
  await ping();
  await sleep(4000);
  await ping();
  t.equal(proxy.connections, 1);
});
