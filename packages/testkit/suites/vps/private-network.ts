import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startProcess } from "../../src/process/managed-process.ts";
import { projectRoot } from "../../src/process/project-root.ts";
import type { Login, SandboxApp } from "./set-up.ts";
import { publicHost } from "./set-up.ts";

/** A network of a loopback alone, which outlives the container. Defers its end on `opened`. */
export async function createNetwork(opened: AsyncDisposableStack, dir: string): Promise<string> {
  const holder = await startProcess({
    name: "network",
    command: "unshare",
    arguments: ["--net", "sh", "-c", "ip link set lo up && echo up && exec sleep infinity"],
    env: { PATH: process.env.PATH ?? "" },
    logFile: join(dir, "network.log"),
    isReady: (log) => log.includes("up"),
  });
  opened.defer(async () => void (await holder.end()));
  return `/proc/${holder.pid}/ns/net`;
}

/** The sandbox Forgejo in this network, which the container's reboot leaves alone. */
export async function startForgejo(
  opened: AsyncDisposableStack,
  { network, dir }: { network: string; dir: string },
): Promise<{ app: SandboxApp; users: readonly Login[] }> {
  const logFile = join(dir, "forgejo.log");
  const main = join(projectRoot, "packages/testkit/src/forgejo/main.ts");
  const forgejo = await startProcess({
    name: "forgejo",
    command: "nsenter",
    arguments: [
      `--net=${network}`,
      process.execPath,
      main,
      "--port=3000",
      `--redirect-uri=https://${publicHost}/oauth/callback`,
    ],
    env: {},
    logFile,
    isReady: (log) => log.includes('"url"'),
  });
  opened.defer(async () => void (await forgejo.end()));
  const { url, app, users } = JSON.parse(readFileSync(logFile, "utf8")) as {
    url: string;
    app: Omit<SandboxApp, "url">;
    users: readonly Login[];
  };
  return { app: { url, ...app }, users };
}
