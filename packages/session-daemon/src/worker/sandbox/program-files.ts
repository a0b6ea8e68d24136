import { closeSync, openSync, readSync, realpathSync } from "node:fs";
import { basename } from "node:path";
import { findExecutable } from "@fjmcp/shared/process/find-executable";

const maxShebangBytes = 256;
const maxInterpreters = 4;

/**
 * The executable files that a program consists of: itself, and if it is a script the interpreters that its first line
 * names. `path` is where `env` searches.
 */
export function programFiles(file: string, path: string | undefined): string[] {
  const files = [file];
  while (files.length <= maxInterpreters) {
    const [interpreter, argument] = shebang(files.at(-1)!);
    if (interpreter === undefined) break;
    const searched = basename(interpreter) === "env" ? findExecutable(argument ?? "", path) : undefined;
    files.push(searched ?? interpreter);
    if (searched === undefined && basename(interpreter) === "env") break;
  }
  return files;
}

/** Whether Node runs the program of these files: V8 reserves more memory at the start than others need at all. */
export function isNodeProgram(files: readonly string[]): boolean {
  return files.some((each) => /^node(js)?$/.test(basename(realPathOf(each))));
}

/** Where the file is after all symbolic links; the path as it is when there is no such file. */
export function realPathOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

/** The interpreter and its first argument. */
function shebang(file: string): [interpreter?: string | undefined, argument?: string | undefined] {
  const start = firstBytes(file);
  if (!start.startsWith("#!")) return [];
  const [interpreter, ...rest] = start.slice(2).split("\n")[0]!.trim().split(/\s+/);
  return [interpreter === "" ? undefined : interpreter, rest.find((word) => !word.startsWith("-"))];
}

function firstBytes(file: string): string {
  let fd: number | undefined;
  try {
    fd = openSync(file, "r");
    const bytes = Buffer.alloc(maxShebangBytes);
    return bytes.toString("latin1", 0, readSync(fd, bytes));
  } catch {
    return "";
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
