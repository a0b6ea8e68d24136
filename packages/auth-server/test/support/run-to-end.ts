import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startProcess } from "@fjmcp/testkit/process/managed-process";
import { fastStart } from "@fjmcp/testkit/stack/fast-start";
import type { setUpAuthServer } from "./auth-server-setup.ts";

const main = join(import.meta.dirname, "../../src/main.ts");

/** Runs the auth-server until it exits by itself, with the sandbox in this process still responding. */
export async function runToEnd(
  setup: Pick<Awaited<ReturnType<typeof setUpAuthServer>>, "directory" | "environment">,
  env: Record<string, string>,
  ...args: string[]
): Promise<{ code: number; output: string }> {
  const logFile = join(setup.directory, `run-${Math.random()}.log`);
  const options = fastStart({
    name: "auth-server",
    command: process.execPath,
    arguments: [main, ...args],
    env: setup.environment(1, env),
    logFile,
    isReady: () => false,
    startTimeoutMs: 60_000,
  });
  const error: unknown = await startProcess(options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const code = /\(exit code (\d+)\)/.exec((error as Error).message)?.[1];
  return { code: Number(code), output: readFileSync(logFile, "utf8") };
}
