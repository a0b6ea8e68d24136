import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import t from "tap";
import { findOnPath } from "@fjmcp/testkit/process/find-on-path";
import { redisServerBinary, RedisNotFoundError } from "@fjmcp/testkit/redis/redis-server-binary";

const dir = await mkdtemp(join(tmpdir(), "fjmcp-no-redis-"));
t.teardown(() => rm(dir, { recursive: true }));

const debian = findOnPath("apt-get") !== undefined && findOnPath("dpkg") !== undefined;

t.test(
  "fetches and unpacks Debian's packages when PATH has none, and only once",
  { skip: debian ? false : "apt-get and dpkg are not here", timeout: 110_000 },
  async (t) => {
    const cacheFolder = join(dir, "cache", "redis");
    const [first, second] = await Promise.all([
      redisServerBinary({ path: "/nowhere", cacheFolder }),
      redisServerBinary({ path: "/nowhere", cacheFolder }),
    ]);
    t.same(first, second);
    t.ok(first.command.startsWith(cacheFolder));
    const { stdout } = await promisify(execFile)(first.command, ["--version"], { env: first.env });
    t.match(stdout, /^Redis server v=/);
    t.same(await redisServerBinary({ path: "/nowhere", cacheFolder }), first);
  },
);

t.test("says what to install when nothing can be fetched", async (t) => {
  const path = process.env["PATH"];
  t.teardown(() => (process.env["PATH"] = path));
  const empty = join(dir, "empty");
  await mkdir(empty);
  await symlink(process.execPath, join(empty, "node"));
  process.env["PATH"] = empty;
  await t.rejects(redisServerBinary({ cacheFolder: join(dir, "never") }), RedisNotFoundError);
  await t.rejects(redisServerBinary({ cacheFolder: join(dir, "never") }), {
    message: /apt-get install redis-server/,
  });
});
