import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { RedisBinary } from "./redis-binary.ts";

const run = promisify(execFile);

const programs = ["redis-server", "redis-tools"];
/** Each by its names in successive Debian releases; a release without one of them does not need it. */
const libraries = [["libjemalloc2"], ["liblzf1"], ["libatomic1"], ["libssl3", "libssl3t64"]];

/**
 * Fetches Debian's redis packages with apt-get and unpacks them into `folder`, which appears only once its server has
 * run. Needs no root: apt keeps its lists in a folder of its own when the system's lists cannot be used. `signal` aborts
 * the download.
 */
export async function downloadRedis(
  folder: string,
  binaryIn: (root: string) => RedisBinary,
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
      // Another process may have renamed its own first.
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
    await firstThatSucceeds(names.map((name) => () => apt(["download", name])));
  }
}

async function ownAptFolders(work: string): Promise<string[]> {
  const lists = join(work, "lists");
  const cache = join(work, "cache");
  await mkdir(join(lists, "partial"), { recursive: true });
  await mkdir(join(cache, "archives", "partial"), { recursive: true });
  return ["-o", `Dir::State::lists=${lists}`, "-o", `Dir::Cache=${cache}`, "-o", "Debug::NoLocking=1"];
}

async function firstThatSucceeds(attempts: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const attempt of attempts) {
    try {
      await attempt();
      return;
    } catch {
      // Not in this release: try the next name, if there is one.
    }
  }
}
