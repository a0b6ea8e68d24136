import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { projectRoot } from "@fjmcp/testkit/process/project-root";

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output parsed as JSON. */
  readonly json: unknown;
}

/** The many starts of a test are faster with it. */
const compileCache = join(projectRoot, ".cache", "compiled");
const main = join(import.meta.dirname, "../../src/main.ts");

/**
 * Runs the command line as a process of its own. `path` comes first on its PATH; `input` is its standard input; `onStderr`
 * gets what it has written there so far.
 */
export async function runCli(
  args: readonly string[],
  {
    path = "",
    input = "",
    onStderr,
  }: { path?: string; input?: string; onStderr?: (text: string) => void } = {},
): Promise<CliResult> {
  const child = spawn("/usr/bin/env", ["-u", "NODE_OPTIONS", process.execPath, main, ...args], {
    env: { PATH: `${path}:${process.env.PATH}`, HOME: "/nonexistent", NODE_COMPILE_CACHE: compileCache },
  });
  child.stdin.end(input);
  let written = "";
  child.stderr.on("data", (chunk: Buffer) => onStderr?.((written += chunk.toString())));
  const exited = new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? -1)));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return {
    code,
    stdout,
    stderr,
    get json() {
      return JSON.parse(stdout) as unknown;
    },
  };
}
