import { accessSync, constants, existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { ComponentHealth } from "@fjmcp/shared/component-health";
import { fault, findingOf, good, warning, type Finding } from "@fjmcp/shared/finding";
import { socketPathFindings } from "@fjmcp/shared/http-server/unix-listener";
import { peerHealth, type Peer } from "@fjmcp/shared/ipc/peer";
import { forgejoHealth, maxHealthCheckMs } from "@fjmcp/shared/net/forgejo-health";
import { redisHealth } from "@fjmcp/shared/redis/redis-inspection";
import { redisFindings, type WaitContext } from "@fjmcp/shared/redis/redis-findings";
import { realPathOf } from "./worker/sandbox/program-files.ts";
import type { SessionDaemonConfig } from "./config.ts";
import { ProgramPin } from "./worker/sandbox/program-pin.ts";
import { chooseSandbox, type SandboxChoice } from "./worker/sandbox/sandbox-choice.ts";
import { findChildProgram } from "./worker/command/find-child-program.ts";
import { redisRights } from "./redis/redis-rights.ts";

/** Looks at everything that the configuration names, see runService. */
export async function inspectSessionDaemon(
  config: SessionDaemonConfig,
  waiting?: WaitContext,
): Promise<readonly Finding[]> {
  const { inherited, mcpSocket, controlSocket } = config;
  const sockets = socketPathFindings({
    ...(inherited.mcp === undefined && { FJMCP_MCP_SOCKET: mcpSocket }),
    ...(inherited.control === undefined && { FJMCP_CONTROL_SOCKET: controlSocket }),
  });
  return [...sockets, ...(await inspectDependencies(config, waiting))];
}

/** As `inspectSessionDaemon`, without the sockets, which a running daemon has bound. */
export async function inspectDependencies(
  config: SessionDaemonConfig,
  waiting?: WaitContext,
): Promise<readonly Finding[]> {
  const local = [
    ...inspectRuntimeDir(config.workers.runtimeDir),
    ...inspectChild(config),
    ...inspectReadPaths(config),
  ];
  const [sandbox, redis, forgejo, authServer] = await Promise.all([
    inspectSandbox(config),
    redisFindings(config.redis, redisRights, waiting),
    inspectForgejo(config),
    // A start is not the moment: the other daemon may be about to start. See watchPeer.
    waiting === undefined ? inspectAuthServer(config) : [],
  ]);
  return [...local, ...sandbox, ...redis, ...forgejo, ...authServer];
}

/** The state of Forgejo, as the children will find it. */
function checkForgejo({ workers, forgejoTimeoutMs }: SessionDaemonConfig): Promise<ComponentHealth> {
  return forgejoHealth(workers.forgejoUrl, Math.min(forgejoTimeoutMs, maxHealthCheckMs));
}

/** How each part that the daemon depends on does at present. */
export function healthChecks(config: SessionDaemonConfig) {
  return {
    redis: () => redisHealth(config.redis, redisRights),
    authServer: () => peerHealth(authServerOf(config)),
    forgejo: () => checkForgejo(config),
  };
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

function inspectChild({ workers }: SessionDaemonConfig): Finding[] {
  const { name, file, searched } = childProgramOf(workers);
  if (file === undefined)
    return [
      fault(
        searched === undefined
          ? `FJMCP_CHILD_COMMAND: ${resolve(workers.runtimeDir, name)} is not an executable file`
          : `FJMCP_CHILD_COMMAND: there is no executable ${name} on PATH (${searched})`,
      ),
    ];
  const found = good(
    searched === undefined ? `the MCP server ${name} is executable` : `the MCP server ${name} is on PATH`,
  );
  return [found, ...inspectDigest(file, workers.childSha256)];
}

function inspectDigest(file: string, sha256: string | undefined): Finding[] {
  if (sha256 === undefined) return [];
  try {
    new ProgramPin(sha256).check(file);
    return [good(`${file} has the pinned SHA-256`)];
  } catch (error) {
    return [fault(`FJMCP_CHILD_SHA256: ${(error as Error).message}`)];
  }
}

function childProgramOf({
  child,
  runtimeDir: cwd,
  environment: daemonEnvironment,
}: SessionDaemonConfig["workers"]) {
  return findChildProgram(child, { cwd, daemonEnvironment });
}

/** A child must not read what is the daemon's, whatever else it may read. */
function inspectReadPaths({ workers, mcpSocket, controlSocket, ipcSocket }: SessionDaemonConfig): Finding[] {
  const own = [workers.runtimeDir, mcpSocket, controlSocket, ipcSocket].map(realPathOf);
  return workers.readPaths.flatMap((path) => {
    const target = realPathOf(path);
    if (!existsSync(target)) return [fault(`FJMCP_SANDBOX_READ: ${path} does not exist`)];
    const exposed = own.find((file) => `${file}/`.startsWith(`${target}/`));
    return exposed === undefined
      ? []
      : [fault(`FJMCP_SANDBOX_READ: ${path} contains ${exposed}, which is the daemon's`)];
  });
}

async function inspectSandbox(config: SessionDaemonConfig): Promise<Finding[]> {
  const { kind, reason } = await chooseSandboxOnce(config);
  if (kind === "bubblewrap") return [good(`each MCP server process runs in bubblewrap: ${reason}`)];
  const text = `MCP server processes run without a sandbox: ${reason}`;
  if (config.sandboxMode === "required") return [fault(`FJMCP_SANDBOX is required, but ${reason}`)];
  return [config.sandboxMode === "auto" ? warning(text) : good(text)];
}

const choices = new WeakMap<SessionDaemonConfig, Promise<SandboxChoice>>();

/** What the workers of this configuration run in. It is tried out once: the inspection and the start have one result. */
export function chooseSandboxOnce(config: SessionDaemonConfig): Promise<SandboxChoice> {
  const known = choices.get(config);
  if (known !== undefined) return known;
  const { file: program, path } = childProgramOf(config.workers);
  const { readPaths, environment } = config.workers;
  const bwrapPath = environment.PATH;
  const choice = chooseSandbox({ mode: config.sandboxMode, program, readPaths, bwrapPath, path });
  choices.set(config, choice);
  return choice;
}
