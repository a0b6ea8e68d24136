import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../process/project-root.ts";
import { startProcess, type ManagedProcess } from "../process/managed-process.ts";
import { generateRedisAcl, type RedisUser } from "./redis-acl.ts";
import type { RedisBinary } from "./redis-binary.ts";
import { redisServerBinary } from "./redis-server-binary.ts";

interface RedisDaemonUser extends RedisUser {
  readonly passwordFile: string;
}

/** A redis-server of our own on a unix socket, with the users of `deploy/redis.acl`. */
export interface PrivateRedis {
  readonly socketPath: string;
  /** Options for `new Redis(…)` of ioredis, as a user with all permissions. */
  readonly unrestricted: { readonly path: string; readonly username: string; readonly password: string };
  readonly authServer: RedisDaemonUser;
  readonly sessionDaemon: RedisDaemonUser;
  readonly logFile: string;
  /** Of the current process, or of the last one. */
  readonly pid: number;
  /** Resolves when the current process exits. */
  readonly exited: Promise<unknown>;
  /** The FJMCP_REDIS variables of one daemon that have no good default. */
  environmentFor(daemon: "authServer" | "sessionDaemon"): Record<string, string>;
  /** Waits for the exit of the process unless the signal is SIGSTOP or SIGCONT. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /**
   * Restarts it after an exit: same socket, same users, and with `appendOnly` all acknowledged writes. `settings` are further
   * ones of redis.conf.
   */
  start(signal?: AbortSignal, settings?: Readonly<Record<string, string>>): Promise<void>;
  /** Ends it and removes its files. */
  close(): Promise<void>;
}

/**
 * Starts a redis-server with `deploy/redis.conf` in a fresh folder that only this user can open: no TCP port. With `appendOnly`
 * every acknowledged write survives a kill. `dir` names an existing folder to use instead, which `close` does not remove.
 * `signal` aborts the start. Throws RedisNotFoundError when there is no redis-server.
 */
export async function startPrivateRedis(
  options: { appendOnly?: boolean; dir?: string; signal?: AbortSignal } = {},
): Promise<PrivateRedis> {
  const binary = await redisServerBinary({ signal: options.signal });
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), "fjmcp-redis-")));
  const acl = generateRedisAcl();
  const aclFile = join(dir, "users.acl");
  await writeFile(aclFile, acl.text, { mode: 0o600 });
  const authServer = await writePassword(dir, acl.authServer);
  const sessionDaemon = await writePassword(dir, acl.sessionDaemon);
  const socketPath = join(dir, "redis.sock");
  const appendOnly = options.appendOnly ?? false;
  const launch = (signal?: AbortSignal, more: Readonly<Record<string, string>> = {}) =>
    launchRedis({ binary, dir, aclFile, socketPath, appendOnly, more, signal });
  const removeDir = async () => {
    if (options.dir === undefined) await rm(dir, { recursive: true, force: true, maxRetries: 3 });
  };
  let running = await launch(options.signal).catch(async (error: unknown) => {
    // Keeps the log of a failed start, but not that of an aborted one.
    if (options.signal?.aborted === true) await removeDir();
    throw error;
  });
  return {
    socketPath,
    unrestricted: { path: socketPath, ...acl.unrestricted },
    authServer,
    sessionDaemon,
    logFile: running.logFile,
    get pid() {
      return running.pid;
    },
    get exited() {
      return running.exited;
    },
    environmentFor(daemon) {
      const address = { FJMCP_REDIS: `unix:${socketPath}` };
      return daemon === "authServer"
        ? { ...address, FJMCP_REDIS_AUTH_PASSWORD_FILE: authServer.passwordFile }
        : { ...address, FJMCP_REDIS_SESSION_PASSWORD_FILE: sessionDaemon.passwordFile };
    },
    kill: (signal) => running.kill(signal),
    async start(signal, settings) {
      running = await launch(signal, settings);
    },
    async close() {
      await running.end();
      await removeDir();
    },
  };
}

async function writePassword(dir: string, user: RedisUser): Promise<RedisDaemonUser> {
  const passwordFile = join(dir, `${user.username}.password`);
  await writeFile(passwordFile, `${user.password}\n`, { mode: 0o600 });
  return { ...user, passwordFile };
}

function launchRedis(options: {
  binary: RedisBinary;
  dir: string;
  aclFile: string;
  socketPath: string;
  appendOnly: boolean;
  more: Readonly<Record<string, string>>;
  signal: AbortSignal | undefined;
}): Promise<ManagedProcess> {
  const { binary, dir, aclFile, socketPath, appendOnly, more } = options;
  const settings = {
    port: "0",
    unixsocket: socketPath,
    unixsocketperm: "700",
    dir,
    aclfile: aclFile,
    appendonly: appendOnly ? "yes" : "no",
    ...more,
  };
  return startProcess({
    name: "redis-server",
    command: binary.command,
    arguments: [
      join(projectRoot, "deploy/redis.conf"),
      ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    ],
    env: { ...binary.env },
    logFile: join(dir, "redis.log"),
    isReady: (log) => log.includes(`ready to accept connections at ${socketPath}`),
    signal: options.signal,
  });
}
