import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../../src/process/project-root.ts";

const run = promisify(execFile);
const cache = join(projectRoot, ".cache", "vps");
const distribution = "bookworm";
/** What a minimal Debian lacks to be a machine of its own. */
const packages = ["systemd", "systemd-sysv", "dbus", "ca-certificates"];

/** A fresh minimal Debian in a folder of its own. Its archive is made once, in about a minute. */
export async function createDebianRoot(): Promise<{ dir: string; remove: () => Promise<void> }> {
  const archive = await baseArchive();
  const dir = await mkdtemp(join(cache, "root-"));
  await run("tar", ["--extract", `--file=${archive}`, `--directory=${dir}`, "--numeric-owner"]);
  return { dir, remove: () => rm(dir, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Packages that apt has fetched for earlier roots. */
export function aptArchives(): string {
  const dir = join(cache, "apt-archives");
  mkdirSync(dir, { recursive: true });
  return dir;
}

async function baseArchive(): Promise<string> {
  mkdirSync(cache, { recursive: true });
  const archive = join(cache, `${distribution}.tar`);
  if (existsSync(archive)) return archive;
  const unfinished = join(cache, `${distribution}-${process.pid}.tar`);
  const include = `--include=${packages.join(",")}`;
  await run("mmdebstrap", ["--variant=minbase", include, distribution, unfinished]);
  renameSync(unfinished, archive);
  return archive;
}
