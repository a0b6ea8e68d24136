import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import type { Architecture } from "./architecture.ts";
import { cacheDir, projectRoot } from "./release.ts";

/** The pinned Node of one architecture. */
export interface NodePackage {
  /** Its package of npm. */
  readonly name: string;
  readonly version: string;
  /** Its executable, without symbols where binutils can remove them. */
  readonly executable: string;
  readonly isStripped: boolean;
  /** Its licence and those of all that is built into it. */
  readonly licence: string;
}

/**
 * The Node that package.json pins: from node_modules, or as `npm pack` brings it, whose integrity must be that of the
 * lockfile. Unpacked and stripped once, in .cache.
 */
export function nodePackage({ nodePackage: name, strip }: Architecture): NodePackage {
  const version = pinnedVersion(name);
  const canStrip = findExecutable(strip) !== undefined;
  const dir = join(cacheDir, `${name}-${version}${canStrip ? "-stripped" : ""}`);
  if (!existsSync(dir)) {
    mkdirSync(cacheDir, { recursive: true });
    const fresh = mkdtempSync(`${dir}-`);
    const source = installedPackage(name, version) ?? packedPackage(name, version, fresh);
    for (const file of ["bin/node", "LICENSE"])
      copyFileSync(join(source, file), join(fresh, file.replace("bin/", "")));
    rmSync(join(fresh, "package"), { recursive: true, force: true });
    if (canStrip) execFileSync(strip, ["--strip-unneeded", join(fresh, "node")]);
    moveUnlessThere(fresh, dir);
  }
  return {
    name,
    version,
    executable: join(dir, "node"),
    isStripped: canStrip,
    licence: readFileSync(join(dir, "LICENSE"), "utf8"),
  };
}

/** Another build may have put the same files there meanwhile: then those stay. */
function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    rmSync(from, { recursive: true });
  }
}

function pinnedVersion(name: string): string {
  const { optionalDependencies } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
    optionalDependencies: Record<string, string>;
  };
  const version = optionalDependencies[name];
  if (version === undefined) throw new Error(`package.json does not pin ${name}`);
  return version;
}

function installedPackage(name: string, version: string): string | undefined {
  const dir = join(projectRoot, "node_modules", name);
  if (!existsSync(dir)) return undefined;
  const installed = JSON.parse(readFileSync(join(dir, "package.json"), "utf8")) as { version: string };
  if (installed.version !== version) throw new Error(`${name} is ${installed.version}; run pnpm install`);
  return dir;
}

/** Unpacks the package into `dir`, as the folder `package`. */
function packedPackage(name: string, version: string, dir: string): string {
  const pack = ["pack", "--silent", "--ignore-scripts", `--pack-destination=${dir}`, `${name}@${version}`];
  const archive = join(dir, execFileSync("npm", pack, { encoding: "utf8", cwd: dir }).trim());
  const digest = createHash("sha512").update(readFileSync(archive)).digest("base64");
  if (lockedIntegrity(name, version) !== `sha512-${digest}`) {
    throw new Error(`${name}@${version} is not what pnpm-lock.yaml names: its integrity is sha512-${digest}`);
  }
  execFileSync("tar", ["--extract", `--file=${archive}`, `--directory=${dir}`, "--no-same-owner"]);
  rmSync(archive);
  return join(dir, "package");
}

function lockedIntegrity(name: string, version: string): string | undefined {
  const lock = readFileSync(join(projectRoot, "pnpm-lock.yaml"), "utf8");
  const entry = lock.slice(lock.indexOf(`\n  ${name}@${version}:\n`));
  return /^\s+\S+:\n\s+resolution: \{integrity: (\S+)\}/.exec(entry)?.[1];
}
