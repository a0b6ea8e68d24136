import { healthy, type ComponentHealth } from "@fjmcp/shared/component-health";
import { fault, findingOf, good, warning, type Finding } from "@fjmcp/shared/finding";
import { socketPathFindings } from "@fjmcp/shared/http-server/unix-listener";
import { peerHealth } from "@fjmcp/shared/ipc/peer";
import { forgejoHealth, maxHealthCheckMs } from "@fjmcp/shared/net/forgejo-health";
import { connectRedis } from "@fjmcp/shared/redis/redis-connection";
import { redisFindings, type WaitContext } from "@fjmcp/shared/redis/redis-findings";
import { createLog } from "@fjmcp/shared/log";
import type { AuthServerConfig } from "./config.ts";
import { installationOf } from "./installation.ts";
import { callbackPath } from "./paths.ts";
import { redisRights } from "./redis/redis-rights.ts";
import { findInstallationFaults } from "./redis/installation-check.ts";
import { scopeFindings } from "./scope-findings.ts";
import {
  credentialsHealth,
  introspectionHealth,
  redirectUriHealth,
} from "./upstream/forgejo/forgejo-credentials.ts";

/** Looks at everything that the configuration names, see runService. */
export async function inspectAuthServer(
  config: AuthServerConfig,
  waiting?: WaitContext,
): Promise<readonly Finding[]> {
  const { inherited, ipcSocket, listen, adminSocket } = config;
  const sockets = socketPathFindings({
    ...(inherited.ipc === undefined && { FJMCP_IPC_SOCKET: ipcSocket }),
    ...(inherited.admin === undefined && adminSocket !== undefined && { FJMCP_ADMIN_SOCKET: adminSocket }),
    ...(inherited.http === undefined && "path" in listen && { FJMCP_LISTEN: listen.path }),
  });
  return [...sockets, ...(await inspectDependencies(config, waiting))];
}

/** As `inspectAuthServer`, without the sockets, which a running auth-server has bound. */
export async function inspectDependencies(
  config: AuthServerConfig,
  waiting?: WaitContext,
): Promise<readonly Finding[]> {
  const redis = await redisFindings(config.redis, redisRights, waiting, "accepts_writes");
  const isUsable = !redis.some(({ level }) => level === "fault");
  const findings = await Promise.all([
    isUsable ? inspectInstallation(config) : [],
    inspectForgejo(config),
    // Not at a start: the other daemon may be about to start, see watchPeer, and a service that others use must not stay
    // down because of the rest.
    ...(waiting === undefined
      ? [
          inspectSessionDaemon(config),
          inspectRedirectUri(config),
          inspectIntrospection(config),
          scopeFindings(config.forgejo),
        ]
      : []),
  ]);
  return [...redis, ...findings.flat(), ...inspectUnusedSecret(config)];
}

/** Half a pair is more likely a lost setting than a wish. */
function inspectUnusedSecret({ forgejo }: AuthServerConfig): Finding[] {
  if (!forgejo.hasUnusedSecret) return [];
  return [
    warning(
      "FJMCP_FORGEJO_READ_ONLY_CLIENT_SECRET_FILE: there is a secret of a second application, but FJMCP_FORGEJO_READ_ONLY_CLIENT_ID is not set: Forgejo does not enforce read-only connections; set it, or remove the secret",
    ),
  ];
}

/** The state of Forgejo: of its version first, then of our applications in it. */
export async function checkForgejo({ forgejo }: Pick<AuthServerConfig, "forgejo">): Promise<ComponentHealth> {
  const timeoutMs = Math.min(forgejo.timeoutMs, maxHealthCheckMs);
  const version = await forgejoHealth(forgejo.url, timeoutMs);
  if (version.status !== "ok") return version;
  const states = await Promise.all(
    credentialsOf(forgejo).map((credentials) => credentialsHealth({ ...credentials, timeoutMs })),
  );
  return states.find(({ status }) => status !== "ok") ?? healthy;
}

/** The credentials of each application in Forgejo, the first one first. */
function credentialsOf({ url, timeoutMs, application, readOnlyApplication }: AuthServerConfig["forgejo"]) {
  const applications = readOnlyApplication === undefined ? [application] : [application, readOnlyApplication];
  return applications.map((one) => Object.assign({ url, timeoutMs }, one));
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
    return [good("Redis holds no data of another installation")];
  } catch (error) {
    return [
      warning(`FJMCP_REDIS: the installation in Redis could not be read (${(error as Error).message})`),
    ];
  } finally {
    connection.close();
  }
}

async function inspectForgejo({ forgejo }: AuthServerConfig): Promise<Finding[]> {
  const { readOnlyApplication: second, ...first } = forgejo;
  const setting = "FJMCP_FORGEJO_URL";
  const health = await checkForgejo({ forgejo: { ...first, readOnlyApplication: undefined } });
  const goodText = "Forgejo responds and accepts the client id and secret";
  const findings = [findingOf(health, { setting, goodText })];
  if (second !== undefined && health.status !== "away") {
    const { url, timeoutMs } = forgejo;
    findings.push(
      findingOf(await credentialsHealth({ ...second, url, timeoutMs }), {
        setting,
        goodText: "Forgejo accepts the client id and secret of the second application",
      }),
    );
  }
  return findings;
}

async function inspectRedirectUri({ forgejo, issuer }: AuthServerConfig): Promise<Finding[]> {
  const findings = await Promise.all(
    credentialsOf(forgejo).map(async (application) => {
      const health = await redirectUriHealth(application, `${issuer}${callbackPath}`);
      // That there is nothing to find is no finding: Forgejo says nothing about a URI that it accepts.
      if (health.status === "ok") return [];
      return [findingOf(health, { setting: application.settings.clientId, goodText: "" })];
    }),
  );
  return findings.flat();
}

async function inspectIntrospection({ forgejo }: AuthServerConfig): Promise<Finding[]> {
  const timeoutMs = Math.min(forgejo.timeoutMs, maxHealthCheckMs);
  const [first] = credentialsOf({ ...forgejo, timeoutMs });
  // A wrong id or secret is the finding of another check.
  if (first === undefined || (await credentialsHealth(first)).status !== "ok") return [];
  const health = await introspectionHealth(first, Date.now);
  const goodText = "Forgejo says which scope a token has";
  return [findingOf(health, { setting: "FJMCP_FORGEJO_URL", goodText })];
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
