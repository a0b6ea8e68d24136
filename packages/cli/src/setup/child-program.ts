import { lstat, realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import type { InstallationFiles } from "./installation-files.ts";

/** Where a downloaded program goes, without the first slash: a directory that only root writes to, on every user's PATH. */
export const installedPath = "usr/local/bin/forgejo-mcp";
const searched = ["usr/local/bin", "usr/bin"];

/** The path of forgejo-mcp on this machine, as the daemons will see it; undefined when there is none. */
export function findChildProgram(files: InstallationFiles): string | undefined {
  const path = searched.map((folder) => files.resolve(folder)).join(":");
  const found = findExecutable("forgejo-mcp", path);
  return found === undefined ? undefined : `/${found.slice(files.resolve("/").length).replace(/^\/+/, "")}`;
}

/**
 * Throws CommandError unless an executable file is at the absolute path, and the program and the folders that lead to it are root's, and writable by root alone:
 * to replace the program is to act with every user's Forgejo token.
 */
export async function requireTrustedProgram(path: string): Promise<void> {
  const untrusted = (why: string) =>
    new CommandError(
      exitCodes.configuration,
      `The program ${path} cannot be used: ${why}.`,
      "It must be an executable file; it and its folders must be root's and closed to others (chown root:root, chmod go-w), as in /usr/local/bin.",
    );
  const target = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    throw untrusted(error.code === "ENOENT" ? "it is not there" : error.message);
  });
  const program = await lstat(target);
  if (!program.isFile() || (program.mode & 0o111) === 0) throw untrusted("it is not an executable file");
  for (const each of [...ancestry(path), ...ancestry(target)]) {
    const found = await lstat(each);
    if (found.uid !== 0) throw untrusted(`${each} does not belong to root`);
    if (!found.isSymbolicLink() && (found.mode & 0o022) !== 0)
      throw untrusted(`${each} is writable by others than root`);
  }
}

/** The path and its folders, the root directory first. */
function ancestry(path: string): string[] {
  return path === "/" ? ["/"] : [...ancestry(dirname(path)), path];
}

/** Puts the program at `installedPath`, in one step. */
export async function installChild(files: InstallationFiles, content: Buffer): Promise<void> {
  await files.ensure(installedPath, content, { mode: 0o755 });
}
