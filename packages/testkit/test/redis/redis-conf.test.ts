import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";
import { startPrivateRedis } from "../../src/redis/private-redis.ts";

const read = (file: string) => readFileSync(join(projectRoot, file), "utf8");

t.test("a Redis with deploy/redis.conf syncs every write and evicts nothing", async (t) => {
  const redis = await startPrivateRedis({ appendOnly: true });
  t.teardown(() => redis.close());
  const admin = new Redis(redis.unrestricted);
  t.teardown(() => admin.disconnect());
  for (const [name, value] of [
    ["appendonly", "yes"],
    ["appendfsync", "always"],
    ["maxmemory-policy", "noeviction"],
    ["save", ""],
  ] as const) {
    t.same(await admin.config("GET", name), [name, value]);
  }
});

t.test("deploy/redis.conf itself turns the append-only file on", async (t) => {
  t.match(read("deploy/redis.conf"), /^appendonly yes\nappendfsync always$/m);
});

t.test("the guide starts Redis with deploy/redis.conf and overrides none of it", async (t) => {
  const guide = read("docs/setup/install.md");
  const command = /^redis-server [^]*?[^\\]$/m.exec(guide)?.[0] ?? "";
  t.match(command, /^redis-server deploy\/redis\.conf /);
  t.notMatch(command, /--(appendonly|appendfsync|save|maxmemory)/);
});

t.test("the operations guide says why, and how much memory to allow", async (t) => {
  const operations = read("docs/setup/operations.md").replaceAll(/\s+/g, " ");
  t.match(operations, "`appendfsync always`: a revocation that was confirmed must survive a power cut");
  t.match(operations, "Set `maxmemory`");
  t.match(operations, "`maxmemory-policy noeviction`");
});

t.test("a grant's set of tokens and a record of the vault are stored as one block each", async (t) => {
  const redis = await startPrivateRedis();
  t.teardown(() => redis.close());
  const admin = new Redis(redis.unrestricted);
  t.teardown(() => admin.disconnect());
  await admin.zadd("set", 1, `token:refresh:${"0".repeat(64)}`);
  await admin.hset("record", "ciphertext", "0".repeat(3000));
  t.equal(await admin.object("ENCODING", "set"), "listpack");
  t.equal(await admin.object("ENCODING", "record"), "listpack");
});
