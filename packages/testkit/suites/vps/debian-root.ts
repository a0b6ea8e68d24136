import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../../src/process/project-root.ts";

const run = promisify(execFile);
const cache = join(projectRoot, ".cache", "vps");
export type Distribution = "bookworm" | "trixie";
/** What a minimal Debian lacks to be a machine of its own. */
const packages = ["systemd", "systemd-sysv", "dbus", "ca-certificates"];

/**
 * A fresh minimal Debian in a folder of its own, whose removal it defers on `opened`. Its archive is made once, in about a
 * minute.
 */
export async function createDebianRoot(
  opened: AsyncDisposableStack,
  distribution: Distribution,
): Promise<string> {
  const archive = await baseArchive(distribution);
  const dir = await mkdtemp(join(cache, "root-"));
  opened.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 3 }));
  await run("tar", ["--extract", `--file=${archive}`, `--directory=${dir}`, "--numeric-owner"]);
  return dir;
}

/** Packages that apt has fetched for earlier roots of the distribution. */
export function aptArchives(distribution: Distribution): string {
  const dir = join(cache, `apt-${distribution}`);
  mkdirSync(dir, { recursive: true });
  return dir;
}

async function baseArchive(distribution: Distribution): Promise<string> {
  mkdirSync(cache, { recursive: true });
  const archive = join(cache, `${distribution}.tar`);
  if (existsSync(archive)) return archive;
  const unfinished = join(cache, `${distribution}-${process.pid}.tar`);
  const include = `--include=${packages.join(",")}`;
  // A crash of the machine costs the archive, so nothing waits for the disk.
  const fast = "--dpkgopt=force-unsafe-io";
  await run("mmdebstrap", ["--variant=minbase", fast, include, distribution, unfinished]);
  renameSync(unfinished, archive);
  return archive;
}
