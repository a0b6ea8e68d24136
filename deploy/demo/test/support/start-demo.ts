import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";

interface DemoEvent {
  readonly event: string;
  readonly [member: string]: unknown;
}

/** The demo as a process of its own. */
export interface RunningDemo {
  readonly pid: number;
  readonly stdout: string[];
  readonly stderr: string[];
  /** stdout's lines as JSON; throws when one is not. */
  events(): DemoEvent[];
  /** The first event after `after` others that matches. */
  event(matches: (event: DemoEvent) => boolean, after?: number): Promise<DemoEvent>;
  kill(signal: NodeJS.Signals): void;
  /** Reads no more of its standard output, as `head` does at its end. */
  closeOutput(): void;
  readonly exit: Promise<number | null>;
}

/** Starts the demo with these arguments; the test's teardown ends it. */
export function startDemo(
  t: { teardown(end: () => unknown): void },
  words: readonly string[],
  env: Record<string, string> = {},
): RunningDemo {
  const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
  const child = spawn(process.execPath, [main, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, ...env },
  });
  const stdout = linesOf(child, "stdout");
  const stderr = linesOf(child, "stderr");
  const exit = once(child, "close").then(([code]) => code as number | null);
  t.teardown(async () => {
    child.kill("SIGTERM");
    await exit;
  });
  const events = () => stdout.map((line) => JSON.parse(line) as DemoEvent);
  return {
    pid: child.pid!,
    stdout,
    stderr,
    events,
    exit,
    event: (matches, after = 0) =>
      waitUntil("an event of the demo", () => events().slice(after).find(matches), { timeoutMs: 180_000 }),
    kill: (signal) => void child.kill(signal),
    closeOutput: () => child.stdout.destroy(),
  };
}

function linesOf(child: ChildProcess, name: "stdout" | "stderr"): string[] {
  const lines: string[] = [];
  createInterface({ input: child[name]! }).on("line", (line) => lines.push(line));
  return lines;
}
