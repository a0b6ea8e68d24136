import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/** The absolute path of the executable file `name` on `path` (default: this process's PATH); undefined when there is none. */
export function findExecutable(
  name: string,
  path: string | undefined = process.env.PATH,
): string | undefined {
  return (path ?? "")
    .split(delimiter)
    .filter((folder) => folder.startsWith("/"))
    .map((folder) => join(folder, name))
    .find(isExecutableFile);
}

/** The program that a command line names: a path, relative to `cwd`, or as `findExecutable`. */
export function findProgram(name: string, cwd: string, path: string | undefined): string | undefined {
  if (!name.includes("/")) return findExecutable(name, path);
  const file = resolve(cwd, name);
  return isExecutableFile(file) ? file : undefined;
}

/** Whether it is a file that this process may execute. */
function isExecutableFile(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
