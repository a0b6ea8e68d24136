import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The root of the checkout, without a trailing slash. */
export const projectRoot = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");

/** What is kept between builds. */
export const cacheDir = `${projectRoot}/.cache/package`;

/** What every archive of one build has in common. */
export interface Release {
  /** A version in Debian's syntax. */
  readonly version: string;
  /** The modification time of every file: that of the last commit, or SOURCE_DATE_EPOCH where it is set. */
  readonly epochSec: number;
}

/** Reads the release from the checkout. Throws where neither git nor SOURCE_DATE_EPOCH tells the time. */
export function readRelease(version: string): Release {
  if (!/^\d[\w.+~]*$/.test(version)) throw new Error(`${version} is not a version of a Debian package`);
  return { version, epochSec: Number(process.env.SOURCE_DATE_EPOCH ?? lastCommitSec()) };
}

/** The version in package.json. */
export function packageVersion(): string {
  const text = readFileSync(`${projectRoot}/package.json`, "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

function lastCommitSec(): string {
  const git = ["-C", projectRoot, "log", "-1", "--format=%ct"];
  try {
    return execFileSync("git", git, { encoding: "utf8" }).trim();
  } catch (error) {
    throw new Error("set SOURCE_DATE_EPOCH: git does not tell the time of the last commit", { cause: error });
  }
}
