import { spawn } from "node:child_process";
import { join } from "node:path";

const main = join(import.meta.dirname, "../../src/main.ts");

/** Runs the command line in a pseudo-terminal of script(1), and types `keys` once its output is as `until` says. */
export async function runInTerminal(
  args: readonly string[],
  { until, keys }: { until: (output: string) => boolean; keys: string },
): Promise<{ output: string; code: number }> {
  const command = ["stty rows 40 cols 200;", "exec", process.execPath, main, ...args].join(" ");
  const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    env: { PATH: process.env.PATH, HOME: "/nonexistent", TERM: "xterm", SHELL: "/bin/sh" },
  });
  let output = "";
  let isTyped = false;
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    if (isTyped || !until(output)) return;
    isTyped = true;
    child.stdin.write(keys);
  });
  const code = await new Promise<number>((resolve) => child.once("close", (exit) => resolve(exit ?? -1)));
  return { output, code };
}
