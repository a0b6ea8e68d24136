import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, lstatSync, lutimesSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Architecture } from "./architecture.ts";
import { projectRoot, type Release } from "./release.ts";
import type { Staging } from "./staging.ts";

const controlDir = join(projectRoot, "deploy", "debian", "control");

/** How an archive is compressed: the options of dpkg-deb, and the command for the tarball. */
interface Compression {
  readonly deb: readonly string[];
  readonly tarball: string;
}

export const bestCompression: Compression = { deb: ["-Zxz"], tarball: "gzip -9n" };
export const fastCompression: Compression = { deb: ["-Zgzip", "-z1"], tarball: "gzip -1n" };

interface Archive {
  readonly file: string;
  readonly compression: Compression;
}

/** Writes the staged files as the Debian package `archive.file`. The same files and release give the same bytes. */
export function writeDeb(
  staging: Staging,
  architecture: Architecture,
  release: Release,
  archive: Archive,
): void {
  const files = filesOf(staging.root);
  const values: Record<string, string> = {
    version: release.version,
    architecture: architecture.name,
    installedKiB: String(files.reduce((sum, path) => sum + Math.ceil(path.size / 1024), 0)),
  };
  const control = readFileSync(join(controlDir, "control"), "utf8");
  staging.write(
    "DEBIAN/control",
    control.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name]!),
  );
  for (const script of ["postinst", "prerm", "postrm"]) {
    staging.copy(`DEBIAN/${script}`, join(controlDir, script), 0o755);
  }
  staging.copy("DEBIAN/triggers", join(controlDir, "triggers"));
  const sums = files
    .filter(({ isLink }) => !isLink)
    .map(({ path }) => `${md5(join(staging.root, path))}  ${path}\n`);
  staging.write("DEBIAN/md5sums", sums.join(""));
  setTimes(staging.root, release);
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(release.epochSec) };
  execFileSync(
    "dpkg-deb",
    ["--root-owner-group", ...archive.compression.deb, "--build", staging.root, archive.file],
    { env, stdio: "pipe" },
  );
}

/**
 * Writes the staged files as the tarball `archive.file`, to be unpacked at the root of a machine. The
 * same files and release give the same bytes.
 */
export function writeTarball(staging: Staging, release: Release, archive: Archive): void {
  setTimes(staging.root, release);
  const options = [
    "--sort=name",
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--format=gnu",
    `--use-compress-program=${archive.compression.tarball}`,
  ];
  execFileSync("tar", [
    "--create",
    `--file=${archive.file}`,
    `--directory=${staging.root}`,
    ...options,
    "usr",
  ]);
}

function filesOf(root: string) {
  const paths = globSync("**", { cwd: root }).toSorted();
  return paths
    .map((path) => ({ path, stat: lstatSync(join(root, path)) }))
    .filter(({ stat }) => !stat.isDirectory())
    .map(({ path, stat }) => ({ path, size: stat.size, isLink: stat.isSymbolicLink() }));
}

function md5(file: string): string {
  return createHash("md5").update(readFileSync(file)).digest("hex");
}

function setTimes(root: string, { epochSec }: Release): void {
  for (const path of ["", ...globSync("**", { cwd: root })])
    lutimesSync(join(root, path), epochSec, epochSec);
}
