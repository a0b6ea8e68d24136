import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startProcess } from "../../src/process/managed-process.ts";
import { projectRoot } from "../../src/process/project-root.ts";
import type { Login } from "./public-name.ts";

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

export const forgejoUrl = "http://127.0.0.1:3000";
export const releaseUrl = "http://127.0.0.1:3001/forgejo-mcp.tar.gz";

export interface SandboxForgejo {
  readonly users: readonly Login[];
  /** A personal access token that may create OAuth2 applications. */
  readonly accessToken: string;
}

/** The sandbox Forgejo in this network, which the container's reboot leaves alone. */
export async function startForgejo(
  opened: AsyncDisposableStack,
  { network, dir }: { network: string; dir: string },
): Promise<SandboxForgejo> {
  const logFile = join(dir, "forgejo.log");
  const main = join(projectRoot, "packages/testkit/src/forgejo/main.ts");
  const forgejo = await startProcess({
    name: "forgejo",
    command: "nsenter",
    arguments: [`--net=${network}`, process.execPath, main, "--port=3000", "--token-scope=write:user"],
    env: {},
    logFile,
    isReady: (log) => log.includes('"url"'),
  });
  opened.defer(async () => void (await forgejo.end()));
  return JSON.parse(readFileSync(logFile, "utf8")) as SandboxForgejo;
}

/** Serves the file at `releaseUrl`. */
export async function serveRelease(
  opened: AsyncDisposableStack,
  { network, dir, file }: { network: string; dir: string; file: string },
): Promise<void> {
  const server = await startProcess({
    name: "release",
    command: "nsenter",
    arguments: [
      `--net=${network}`,
      process.execPath,
      join(import.meta.dirname, "fixtures/serve-file.ts"),
      file,
      "3001",
    ],
    env: {},
    logFile: join(dir, "release.log"),
    isReady: (log) => log.includes("listening"),
  });
  opened.defer(async () => void (await server.end()));
}
