import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { RedisServerBinary } from "./redis-server-binary.ts";

const run = promisify(execFile);

const programs = ["redis-server", "redis-tools"];
/** Each under its names in successive Debian releases; one that a release does not have is not needed there. */
const libraries = [["libjemalloc2"], ["liblzf1"], ["libatomic1"], ["libssl3", "libssl3t64"]];

/**
 * Fetches Debian's redis packages with apt-get and unpacks them into `folder`, which appears only when the server in
 * it runs. Needs no root: apt keeps its lists beside the packages when the system's own can not be used. `signal` gives
 * the download up.
 */
export async function downloadRedis(
  folder: string,
  binaryIn: (root: string) => RedisServerBinary,
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}-`);
  try {
    const debs = join(work, "debs");
    await mkdir(debs);
    await download(work, debs, signal);
    const root = join(work, "root");
    for (const deb of await readdir(debs)) {
      await run("dpkg", ["-x", join(debs, deb), root], { signal });
    }
    const binary = binaryIn(root);
    await run(binary.command, ["--version"], { env: binary.env });
    await rename(root, folder).catch((error: unknown) => {
      // Another process may have been faster.
      if (!existsSync(binaryIn(folder).command)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function download(work: string, debs: string, signal: AbortSignal | undefined): Promise<void> {
  const where = { cwd: debs, signal };
  let apt = (words: readonly string[]) => run("apt-get", ["-q", ...words], where);
  try {
    await apt(["download", ...programs]);
  } catch {
    const own = await ownAptFolders(work);
    apt = (words) => run("apt-get", ["-q", ...own, ...words], where);
    await apt(["update"]);
    await apt(["download", ...programs]);
  }
  for (const names of libraries) {
    await firstThatWorks(names.map((name) => () => apt(["download", name])));
  }
}

async function ownAptFolders(work: string): Promise<string[]> {
  const lists = join(work, "lists");
  const cache = join(work, "cache");
  await mkdir(join(lists, "partial"), { recursive: true });
  await mkdir(join(cache, "archives", "partial"), { recursive: true });
  return ["-o", `Dir::State::lists=${lists}`, "-o", `Dir::Cache=${cache}`, "-o", "Debug::NoLocking=1"];
}

async function firstThatWorks(attempts: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const attempt of attempts) {
    try {
      await attempt();
      return;
    } catch {
      // Not in this release: the next name, or none.
    }
  }
}
