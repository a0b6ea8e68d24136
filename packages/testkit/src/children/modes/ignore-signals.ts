import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { serveStdio } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";

export async function ignoreSignals(pidFile: string | undefined): Promise<void> {
  process.on("SIGTERM", () => undefined);
  const family = { pid: process.pid, grandchildPid: await startGrandchild() };
  if (pidFile !== undefined) writeFileSync(pidFile, JSON.stringify(family));
  setInterval(() => undefined, 1_000_000);
  serveStdio(stubHandler("ignore-signals", { family: () => family }));
}

/** Resolves with its pid once it ignores SIGTERM. */
async function startGrandchild(): Promise<number | undefined> {
  // An ignored signal stays ignored across exec.
  const grandchild = spawn("/bin/sh", ["-c", "trap '' TERM; echo ready; exec sleep 1000000"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(grandchild.stdout, "data");
  return grandchild.pid;
}
