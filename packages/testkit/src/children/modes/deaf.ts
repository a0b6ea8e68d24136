import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { serveStdio } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";

export function deaf(pidFile: string | undefined): void {
  process.on("SIGTERM", () => undefined);
  // An ignored signal stays ignored over exec.
  const grandchild = spawn("/bin/sh", ["-c", "trap '' TERM; exec sleep 1000000"], { stdio: "ignore" });
  const family = { pid: process.pid, grandchildPid: grandchild.pid };
  if (pidFile !== undefined) writeFileSync(pidFile, JSON.stringify(family));
  setInterval(() => undefined, 1_000_000);
  serveStdio(stubHandler("deaf", { family: () => family }));
}
