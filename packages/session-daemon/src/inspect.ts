import { accessSync, constants, statSync } from "node:fs";
import { resolve } from "node:path";
import type { ComponentHealth } from "@fjmcp/shared/component-health";
import { fault, findingOf, good, type Finding } from "@fjmcp/shared/finding";
import { socketPathFindings } from "@fjmcp/shared/http-server/unix-listener";
import { peerHealth, type Peer } from "@fjmcp/shared/ipc/peer";
import { forgejoHealth, maxHealthCheckMs } from "@fjmcp/shared/net/forgejo-version";
import { findingsOfRedis, type Waiting } from "@fjmcp/shared/redis/wait-for-redis";
import type { SessionDaemonConfig } from "./config.ts";
import { findChildProgram } from "./worker/command/find-child-program.ts";
import { redisRights } from "./redis/redis-rights.ts";

/** Looks at everything that the configuration names, see runService. */
export async function inspectSessionDaemon(
  config: SessionDaemonConfig,
  waiting?: Waiting,
): Promise<readonly Finding[]> {
  const { inherited, mcpSocket, controlSocket, workers } = config;
  const local = [
    ...socketPathFindings({
      ...(inherited.mcp === undefined && { FJMCP_MCP_SOCKET: mcpSocket }),
      ...(inherited.control === undefined && { FJMCP_CONTROL_SOCKET: controlSocket }),
    }),
    ...inspectRuntimeDir(workers.runtimeDir),
    inspectChild(config),
  ];
  const [redis, forgejo, authServer] = await Promise.all([
    findingsOfRedis(config.redis, redisRights, waiting),
    inspectForgejo(config),
    // A start is not the moment: the other daemon may be about to start. See watchPeer.
    waiting === undefined ? inspectAuthServer(config) : [],
  ]);
  return [...local, ...redis, ...forgejo, ...authServer];
}

/** The state of Forgejo, as the children will find it. */
export function checkForgejo({ workers, forgejoTimeoutMs }: SessionDaemonConfig): Promise<ComponentHealth> {
  return forgejoHealth(workers.forgejoUrl, Math.min(forgejoTimeoutMs, maxHealthCheckMs));
}

export function authServerOf({ ipcSocket, issuer }: SessionDaemonConfig): Peer {
  return { daemon: "auth-server", socketPath: ipcSocket, issuer };
}

async function inspectForgejo(config: SessionDaemonConfig): Promise<Finding[]> {
  const health = await checkForgejo(config);
  return [findingOf(health, { setting: "FJMCP_FORGEJO_URL", goodText: "Forgejo responds" })];
}

async function inspectAuthServer(config: SessionDaemonConfig): Promise<Finding[]> {
  const health = await peerHealth(authServerOf(config));
  return [
    findingOf(health, {
      setting: "FJMCP_IPC_SOCKET",
      goodText: "the auth-server responds and has the same issuer",
    }),
  ];
}

function inspectRuntimeDir(folder: string): Finding[] {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    if (statSync(folder).isDirectory()) return [];
    return [fault(`FJMCP_RUNTIME_DIR: ${folder} is not a folder`)];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return [fault(`FJMCP_RUNTIME_DIR: ${folder} is not a folder that this process can write to (${code})`)];
  }
}

function inspectChild({ workers }: SessionDaemonConfig): Finding {
  const { runtimeDir: cwd, environment: daemonEnvironment } = workers;
  const { name, file, searched } = findChildProgram(workers.child, { cwd, daemonEnvironment });
  if (file !== undefined)
    return good(
      searched === undefined ? `the MCP server ${name} is executable` : `the MCP server ${name} is on PATH`,
    );
  return fault(
    searched === undefined
      ? `FJMCP_CHILD_COMMAND: ${resolve(cwd, name)} is not an executable file`
      : `FJMCP_CHILD_COMMAND: there is no executable ${name} on PATH (${searched})`,
  );
}
