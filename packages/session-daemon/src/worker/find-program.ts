import { accessSync, constants } from "node:fs";
import { join } from "node:path";

/** The absolute path of an executable on `path`; undefined when there is none. */
export function findProgram(name: string, path: string | undefined): string | undefined {
  return (path ?? "")
    .split(":")
    .filter((folder) => folder.startsWith("/"))
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
