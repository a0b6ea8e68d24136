import { spawn } from "node:child_process";
import { join } from "node:path";

const main = join(import.meta.dirname, "../../src/main.ts");

/** What to type once the output since the step before is as `until` says. */
interface Step {
  readonly until: (output: string) => boolean;
  readonly keys: string;
}

/** Runs the command line in a pseudo-terminal of script(1), and types the keys of one step after the other. */
export function runInTerminal(args: readonly string[], ...steps: readonly Step[]) {
  return runInTerminalOf({ rows: 40, columns: 200 }, args, ...steps);
}

/** The same in a terminal of this size; a serial console has none, which is 0. */
export async function runInTerminalOf(
  { rows, columns }: { rows: number; columns: number },
  args: readonly string[],
  ...steps: readonly Step[]
): Promise<{ output: string; code: number }> {
  const command = [`stty rows ${rows} cols ${columns};`, "exec", process.execPath, main, ...args].join(" ");
  const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    env: { PATH: process.env.PATH, HOME: "/nonexistent", TERM: "xterm", SHELL: "/bin/sh" },
  });
  let output = "";
  let seen = 0;
  const left = [...steps];
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    const [step] = left;
    if (step?.until(output.slice(seen)) !== true) return;
    left.shift();
    seen = output.length;
    child.stdin.write(step.keys);
  });
  const code = await new Promise<number>((resolve) => child.once("close", (exit) => resolve(exit ?? -1)));
  return { output, code };
}
