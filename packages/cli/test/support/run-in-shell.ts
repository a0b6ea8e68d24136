import { execFile } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "@fjmcp/testkit/process/project-root";

const main = join(import.meta.dirname, "../../src/main.ts");

/** Runs a script of bash in which `fjmcp` is the command line, with `path` first on its PATH. */
export function runInShell(
  script: string,
  { path = "" }: { path?: string } = {},
): Promise<{ stdout: string; stderr: string }> {
  const fjmcp = `fjmcp() { env -u NODE_OPTIONS '${process.execPath}' '${main}' "$@"; }`;
  const env = {
    PATH: `${path}:${process.env.PATH}`,
    HOME: "/nonexistent",
    NODE_COMPILE_CACHE: join(projectRoot, ".cache", "compiled"),
  };
  return new Promise((resolve, reject) => {
    execFile("bash", ["-c", `${fjmcp}\n${script}`], { env }, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout, stderr });
      else reject(error);
    });
  });
}
