import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import t from "tap";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import type { RedisBinary } from "../../src/redis/redis-binary.ts";
import { redisServerBinary, RedisNotFoundError } from "../../src/redis/redis-server-binary.ts";

const dir = await mkdtemp(join(tmpdir(), "fjmcp-no-redis-"));
t.teardown(() => rm(dir, { recursive: true }));

const run = promisify(execFile);
const debian = findExecutable("apt-get") !== undefined && findExecutable("dpkg") !== undefined;

t.test(
  "fetches and unpacks Debian's packages once when PATH has no redis-server",
  { skip: debian ? false : "apt-get and dpkg are not installed", timeout: 110_000 },
  async (t) => {
    const cacheFolder = join(dir, "cache", "redis");
    const options = { path: "/nowhere", cacheFolder, signal: AbortSignal.timeout(80_000) };
    const fetched = await Promise.allSettled([redisServerBinary(options), redisServerBinary(options)]);
    if (fetched.some(({ status }) => status === "rejected") && !(await isMirrorReachable(options.signal))) {
      t.pass("downloads", { skip: "Debian's mirror cannot be reached, or is slow" });
      return;
    }
    const [first, second] = fetched.map((result) => {
      if (result.status === "rejected") throw result.reason;
      return result.value;
    }) as [RedisBinary, RedisBinary];
    t.same(first, second);
    t.ok(first.command.startsWith(cacheFolder));
    const { stdout } = await run(first.command, ["--version"], { env: first.env });
    t.match(stdout, /^Redis server v=/);
    t.same(await redisServerBinary({ path: "/nowhere", cacheFolder }), first);
  },
);

t.test("names the package to install when nothing can be fetched", async (t) => {
  const path = process.env.PATH;
  t.teardown(() => (process.env.PATH = path));
  const empty = join(dir, "empty");
  await mkdir(empty);
  await symlink(process.execPath, join(empty, "node"));
  process.env.PATH = empty;
  await t.rejects(redisServerBinary({ cacheFolder: join(dir, "never") }), RedisNotFoundError);
  await t.rejects(redisServerBinary({ cacheFolder: join(dir, "never") }), {
    message: /apt-get install redis-server/,
  });
});

/** Whether apt can download the first file of an update before `signal` aborts. */
async function isMirrorReachable(signal: AbortSignal): Promise<boolean> {
  const { stdout } = await run("apt-get", ["--print-uris", "-o", "Debug::NoLocking=1", "update"]);
  const uri = /^'(\S+)'/m.exec(stdout)?.[1] ?? "";
  const file = join(dir, "InRelease");
  return run("/usr/lib/apt/apt-helper", ["download-file", uri, file], { signal }).then(
    () => true,
    () => false,
  );
}
