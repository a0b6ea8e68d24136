import { accessSync, constants, statSync } from "node:fs";
import type { ComponentHealth } from "@fjmcp/shared/component-health";
import { fault, findingOf, good, type Finding } from "@fjmcp/shared/finding";
import { socketPathFindings } from "@fjmcp/shared/http-server/unix-listener";
import { peerHealth, type Peer } from "@fjmcp/shared/ipc/peer";
import { forgejoHealth } from "@fjmcp/shared/net/forgejo-version";
import { findExecutable, isExecutableFile } from "@fjmcp/shared/process/find-executable";
import { findingsOfRedis, type Waiting } from "@fjmcp/shared/redis/wait-for-redis";
import type { SessionDaemonConfig } from "./config.ts";
import { redisRights } from "./redis/redis-rights.ts";

/** A start does not wait longer than this for Forgejo: without it, the session-daemon serves all the same. */
const maxForgejoWaitMs = 5000;
/** Where a program is searched without PATH: glibc's `_CS_PATH`. */
const defaultPath = "/bin:/usr/bin";

/** Looks at everything that the configuration names, see runService. */
export async function inspectSessionDaemon(
  config: SessionDaemonConfig,
  waiting?: Waiting,
): Promise<readonly Finding[]> {
  const { mcpSocket, controlSocket, workers } = config;
  const local = [
    ...socketPathFindings({ FJMCP_MCP_SOCKET: mcpSocket, FJMCP_CONTROL_SOCKET: controlSocket }),
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
  return forgejoHealth(workers.forgejoUrl, Math.min(forgejoTimeoutMs, maxForgejoWaitMs));
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

/** The program as its workers find it: on their PATH, or from their working directory. */
function inspectChild({ workers }: SessionDaemonConfig): Finding {
  const [program] = workers.child.argv;
  const path = workers.child.env.PATH ?? workers.environment.PATH ?? defaultPath;
  if (!program.includes("/"))
    return findExecutable(program, path) === undefined
      ? fault(`FJMCP_CHILD_COMMAND: there is no executable ${program} on PATH (${path})`)
      : good(`the MCP server ${program} is on PATH`);
  const file = program.startsWith("/") ? program : `${workers.runtimeDir}/${program}`;
  return isExecutableFile(file)
    ? good(`the MCP server ${program} is executable`)
    : fault(`FJMCP_CHILD_COMMAND: ${file} is not an executable file`);
}
