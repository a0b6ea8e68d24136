import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { serveStdio } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";

export async function deaf(pidFile: string | undefined): Promise<void> {
  process.on("SIGTERM", () => undefined);
  const family = { pid: process.pid, grandchildPid: await deafGrandchild() };
  if (pidFile !== undefined) writeFileSync(pidFile, JSON.stringify(family));
  setInterval(() => undefined, 1_000_000);
  serveStdio(stubHandler("deaf", { family: () => family }));
}

/** Its pid, once SIGTERM does nothing to it. */
async function deafGrandchild(): Promise<number | undefined> {
  // An ignored signal stays ignored over exec.
  const grandchild = spawn("/bin/sh", ["-c", "trap '' TERM; echo deaf; exec sleep 1000000"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(grandchild.stdout, "data");
  return grandchild.pid;
}
