import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Test } from "tap";

const program = join(import.meta.dirname, "../service/fixtures/program.ts");

/** Runs the fixture, a service that `env` configures, as a process of its own. */
export function startProgram(t: Test, env: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], { env });
  t.teardown(() => child.kill("SIGKILL"));
  const lines: string[] = [];
  const waiting = new Map<string, () => void>();
  createInterface(child.stderr).on("line", (line) => {
    lines.push(line);
    for (const [text, resolve] of waiting) if (line.includes(text)) resolve();
  });
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  const exited = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  const line = (text: string) =>
    new Promise<void>((resolve) => {
      if (lines.some((line) => line.includes(text))) resolve();
      waiting.set(text, resolve);
    });
  return { child, lines, line, exited, stdout: () => stdout };
}
