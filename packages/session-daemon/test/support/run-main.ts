import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** Runs `src/<command>/main.ts` to its end. */
export async function runMain(command: string, args: readonly string[]) {
  const main = fileURLToPath(new URL(`../../src/${command}/main.ts`, import.meta.url));
  const child = spawn(process.execPath, [main, ...args]);
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit") as Promise<[number]>,
  ]);
  return { output, errors, code };
}
