import { createHash } from "node:crypto";
import { lstat, realpath } from "node:fs/promises";
import { dirname, isAbsolute } from "node:path";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import type { InstallationFiles } from "./installation-files.ts";

/** Where a downloaded program goes: a directory that only root writes to, on every user's PATH. */
const installedPath = "usr/local/bin/forgejo-mcp";
const searched = ["usr/local/bin", "usr/bin"];
const timeoutMs = 300_000;
const maxBytes = 200 * 1024 * 1024;

/** The machine that an ELF header names (elf(5), e_machine), by Node's name of the architecture. */
const elfMachines: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };

/** The path of forgejo-mcp on this machine, as the daemons will see it; undefined when there is none. */
export function findChildProgram(files: InstallationFiles): string | undefined {
  const path = searched.map((folder) => files.resolve(folder)).join(":");
  const found = findExecutable("forgejo-mcp", path);
  return found === undefined ? undefined : `/${found.slice(files.resolve("/").length).replace(/^\/+/, "")}`;
}

/**
 * Throws CommandError unless the program and the folders that lead to it are root's, and writable by root alone:
 * to replace the program is to act with every user's Forgejo token.
 */
export async function requireTrustedProgram(path: string): Promise<void> {
  const untrusted = (why: string) =>
    new CommandError(
      exitCodes.configuration,
      `The program ${path} cannot be used: ${why}.`,
      "The program and its folders must be root's and closed to others (chown root:root, chmod go-w), as in /usr/local/bin.",
    );
  if (!isAbsolute(path)) throw untrusted("its path must be absolute");
  const target = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    throw untrusted(error.code === "ENOENT" ? "it is not there" : error.message);
  });
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

export interface DownloadedProgram {
  readonly content: Buffer;
  /** SHA-256 in hex. */
  readonly digest: string;
}

/** Downloads a release, one executable file for this machine. Throws CommandError when it is something else. */
export async function downloadChild(url: string): Promise<DownloadedProgram> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) }).catch((error: Error) => {
    throw unusable(exitCodes.unavailable, `cannot be downloaded (${error.message})`);
  });
  if (!response.ok || response.body === null)
    throw unusable(exitCodes.unavailable, `cannot be downloaded (status ${response.status})`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw unusable(exitCodes.configuration, `is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const content = Buffer.concat(chunks);
  if (content.subarray(0, 4).toString("latin1") !== "\u007fELF")
    throw unusable(
      exitCodes.configuration,
      "is not an executable of Linux; an archive must be unpacked first",
    );
  if (content.readUInt16LE(18) !== elfMachines[process.arch])
    throw unusable(exitCodes.configuration, `is for another architecture than ${process.arch}`);
  return { content, digest: createHash("sha256").update(content).digest("hex") };

  function unusable(code: typeof exitCodes.unavailable | typeof exitCodes.configuration, why: string) {
    return new CommandError(
      code,
      `${url} ${why}.`,
      "Give the URL of the release of forgejo-mcp for this machine.",
    );
  }
}

/** Installs it; returns its path as the daemons will see it. */
export async function installChild(
  files: InstallationFiles,
  { content }: DownloadedProgram,
): Promise<string> {
  await files.ensure(installedPath, content, { mode: 0o755 });
  return `/${installedPath}`;
}
