import type { ComponentHealth } from "@fjmcp/shared/component-health";
import { fault, findingOf, good, warning, type Finding } from "@fjmcp/shared/finding";
import { socketPathFindings } from "@fjmcp/shared/http-server/unix-listener";
import { peerHealth } from "@fjmcp/shared/ipc/peer";
import { forgejoHealth, maxHealthCheckMs } from "@fjmcp/shared/net/forgejo-version";
import { connectRedis } from "@fjmcp/shared/redis/redis-connection";
import { findingsOfRedis, type Waiting } from "@fjmcp/shared/redis/wait-for-redis";
import { createLog } from "@fjmcp/shared/log";
import type { AuthServerConfig } from "./config.ts";
import { installationOf } from "./installation.ts";
import { redisRights } from "./redis/redis-rights.ts";
import { findInstallationFaults } from "./redis/installation-check.ts";
import { credentialsHealth } from "./upstream/forgejo/forgejo-credentials.ts";

/** Looks at everything that the configuration names, see runService. */
export async function inspectAuthServer(
  config: AuthServerConfig,
  waiting?: Waiting,
): Promise<readonly Finding[]> {
  const { inherited, ipcSocket, listen } = config;
  const sockets = socketPathFindings({
    ...(inherited.ipc === undefined && { FJMCP_IPC_SOCKET: ipcSocket }),
    ...(inherited.http === undefined && "path" in listen && { FJMCP_LISTEN: listen.path }),
  });
  const redis = await findingsOfRedis(config.redis, redisRights, waiting, "accepts_writes");
  const isUsable = !redis.some(({ level }) => level === "fault");
  const findings = await Promise.all([
    isUsable ? inspectInstallation(config) : [],
    inspectForgejo(config),
    // A start is not the moment: the other daemon may be about to start. See watchPeer.
    waiting === undefined ? inspectSessionDaemon(config) : [],
  ]);
  return [...sockets, ...redis, ...findings.flat()];
}

/** The state of Forgejo: of its version first, then of our application in it. */
export async function checkForgejo({ forgejo }: Pick<AuthServerConfig, "forgejo">): Promise<ComponentHealth> {
  const timeoutMs = Math.min(forgejo.timeoutMs, maxHealthCheckMs);
  const version = await forgejoHealth(forgejo.url, timeoutMs);
  return version.status === "ok" ? credentialsHealth({ ...forgejo, timeoutMs }) : version;
}

/** The state of the session-daemon, as this one sees it. */
export function checkSessionDaemon(config: AuthServerConfig): Promise<ComponentHealth> {
  return peerHealth(sessionDaemonOf(config));
}

export function sessionDaemonOf({ controlSocket, issuer }: AuthServerConfig) {
  return { daemon: "session-daemon", socketPath: controlSocket, issuer } as const;
}

async function inspectInstallation(config: AuthServerConfig): Promise<Finding[]> {
  const connection = connectRedis(config.redis, createLog("auth-server", "fatal"));
  try {
    const faults = await findInstallationFaults(connection, installationOf(config), Date.now);
    if (faults.length > 0) return faults.map(fault);
    return [good("Redis holds the data of this installation, or none")];
  } catch (error) {
    return [
      warning(`FJMCP_REDIS: the installation in Redis could not be read (${(error as Error).message})`),
    ];
  } finally {
    connection.close();
  }
}

async function inspectForgejo(config: AuthServerConfig): Promise<Finding[]> {
  const health = await checkForgejo(config);
  return [
    findingOf(health, {
      setting: "FJMCP_FORGEJO_URL",
      goodText: "Forgejo responds and accepts the client id and secret",
    }),
  ];
}

async function inspectSessionDaemon(config: AuthServerConfig): Promise<Finding[]> {
  const health = await checkSessionDaemon(config);
  return [
    findingOf(health, {
      setting: "FJMCP_CONTROL_SOCKET",
      goodText: "the session-daemon responds and has the same issuer",
    }),
  ];
}
