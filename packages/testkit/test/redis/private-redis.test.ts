import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { Redis } from "ioredis";
import t from "tap";
import { startPrivateRedis } from "../../src/redis/private-redis.ts";

t.test("listens on its own socket only, in a folder with mode 0700", async (t) => {
  const redis = await startPrivateRedis();
  t.teardown(() => redis.close());
  const client = new Redis(redis.unrestricted);
  t.teardown(() => client.disconnect());
  t.equal(statSync(dirname(redis.socketPath)).mode & 0o777, 0o700);
  t.same(await client.config("GET", "port"), ["port", "0"]);
  t.same(await client.config("GET", "save"), ["save", ""]);
});

t.test("keeps its data across a kill with appendOnly", async (t) => {
  const redis = await startPrivateRedis({ appendOnly: true });
  t.teardown(() => redis.close());
  const before = redis.pid;
  const client = new Redis(redis.unrestricted);
  t.teardown(() => client.disconnect());
  t.same(
    await client.config("GET", "appendfsync"),
    ["appendfsync", "always"],
    "no reply before the write is on disk",
  );
  await client.set("key", "value");
  await redis.kill("SIGKILL");
  await redis.start();
  t.not(redis.pid, before);
  t.equal(await client.get("key"), "value", "the same client reconnects on the same socket");
});

t.test("close removes its folder and ends the process", async (t) => {
  const redis = await startPrivateRedis();
  await redis.close();
  t.notOk(existsSync(dirname(redis.socketPath)));
  t.throws(() => process.kill(redis.pid, 0));
});
