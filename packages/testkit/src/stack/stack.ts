import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { giteaMcp, type ChildConfiguration } from "../children/child-command.ts";
import { startPrivateRedis, type PrivateRedis } from "../redis/private-redis.ts";
import { daemon } from "./daemon.ts";
import { fastUnlessCovered } from "./fast-start.ts";
import { freePort } from "../process/free-port.ts";
import { restartOnExit, type Running } from "./restart-on-exit.ts";
import { startProcess, type ManagedProcess, type ProcessOptions } from "../process/managed-process.ts";
import { writeAuthServerSecrets } from "./stack-secrets.ts";

/** An OAuth2 application in a Forgejo, whose redirect URI is `<issuer>/oauth/callback`. */
interface ForgejoApplication {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A Forgejo, and the applications of the stack in it. */
export interface ForgejoAccess extends ForgejoApplication {
  readonly url: string;
  /** Of the second application, for grants that only read. */
  readonly readOnly?: ForgejoApplication | undefined;
}

export type PartName = "redis" | "authServer" | "sessionDaemon";

export interface StackOptions {
  /** Gets the redirect URI to register. */
  readonly forgejo: (redirectUri: string) => ForgejoAccess | Promise<ForgejoAccess>;
  /** Default: http://<listen>. */
  readonly issuer?: string | undefined;
  /** FJMCP_LISTEN; default: a free port of 127.0.0.1. */
  readonly listen?: string | undefined;
  /** Default: npm's gitea-mcp. */
  readonly child?: ChildConfiguration | undefined;
  /** Default: a Redis of its own that keeps its data across a kill. A given one is not closed. */
  readonly redis?: PrivateRedis;
  /** The folder of the bundles and their Node, as a package has it; default: the sources. */
  readonly programs?: string | undefined;
  /** Further FJMCP_ settings of one daemon; they override the stack's. */
  readonly authServer?: Readonly<Record<string, string>>;
  readonly sessionDaemon?: Readonly<Record<string, string>>;
  /** Where the daemons' logs go; default: the stack's folder, which `close` removes. */
  readonly logDir?: string;
  /** Aborts the start. */
  readonly signal?: AbortSignal;
  /** Called for each part that exited and was restarted. */
  readonly onRestarted?: (part: PartName, pid: number) => void;
}

/** A process of the stack: restarted on the same sockets whenever it exits, until the stack is closed. */
export interface Part {
  /** Of the current process, or of the last one. */
  readonly pid: number;
  readonly logFile: string;
  /** The time of that process from spawn to ready. */
  readonly startMs: number;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Keeps a part down: it is restarted only after `release`. */
export interface Hold {
  release(): void;
}

/** Redis and both daemons, each a process of its own, linked by sockets in a fresh folder. */
export interface Stack {
  readonly issuer: string;
  readonly mcpUrl: string;
  readonly dir: string;
  readonly forgejo: ForgejoAccess;
  readonly sockets: Readonly<Record<"mcp" | "control" | "ipc" | "admin", string>>;
  readonly redis: PrivateRedis;
  readonly authServer: Part;
  readonly sessionDaemon: Part;
  /** The part is not restarted after its next exit until the hold is released. */
  keepDown(part: PartName): Hold;
  /** Ends everything and removes the folder, within 10 s. */
  close(): Promise<void>;
}

/** Per daemon, one after the other: both together stay under the 10 s of `close`. */
const endGraceMs = 4_000;
/** As systemd's default: on a busy machine a shorter timeout would abort a start that only needs more time. */
const restartTimeoutMs = 90_000;

/**
 * Starts Redis (unless given) and both daemons with generated secrets and settings of their own. Rejects with the end
 * of the log of the part that failed.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const listen = options.listen ?? `127.0.0.1:${await freePort()}`;
  const issuer = options.issuer ?? `http://${listen}`;
  await using opened = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "fjmcp-stack-"));
  opened.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 3 }));
  const logDir = options.logDir ?? dir;
  const redis = options.redis ?? (await startPrivateRedis({ appendOnly: true }));
  if (options.redis === undefined) opened.defer(() => redis.close());
  const forgejo = await options.forgejo(`${issuer}/oauth/callback`);
  const sockets = await makeSocketFolders(dir);

  const ending = new AbortController();
  const holds = new Map<PartName, Promise<void>>();
  const keep = (name: PartName, first: Running, start: (signal: AbortSignal) => Promise<Running>) => {
    const { signal } = ending;
    const onRestarted = ({ pid }: Running) => options.onRestarted?.(name, pid);
    const kept = restartOnExit(first, { start, onRestarted, signal, allowed: () => holds.get(name) });
    opened.defer(() => {
      ending.abort();
      return kept;
    });
  };
  const startPart = async (name: PartName, given: ProcessOptions): Promise<Part> => {
    const process = fastUnlessCovered(given);
    let current: ManagedProcess = await startProcess({ ...process, signal: options.signal });
    opened.defer(async () => void (await current.end(endGraceMs)));
    const again = { ...process, startTimeoutMs: restartTimeoutMs };
    keep(name, current, async (signal) => (current = await startProcess({ ...again, signal })));
    return {
      get pid() {
        return current.pid;
      },
      get startMs() {
        return current.startMs;
      },
      logFile: process.logFile,
      kill: (signal) => current.kill(signal),
    };
  };

  keep("redis", redis, async (signal) => {
    await redis.start(signal);
    return redis;
  });
  const common = commonSettings(issuer, forgejo, sockets);
  const secrets = await writeAuthServerSecrets(dir, forgejo);
  const authServer = await startPart(
    "authServer",
    daemon({
      name: "auth-server",
      programs: options.programs,
      logFile: join(logDir, "auth-server.log"),
      settings: {
        ...common,
        ...secrets,
        ...redis.environmentFor("authServer"),
        FJMCP_LISTEN: listen,
        FJMCP_ADMIN_SOCKET: sockets.admin,
        FJMCP_FORGEJO_CLIENT_ID: forgejo.clientId,
        FJMCP_FORGEJO_READ_ONLY_CLIENT_ID: forgejo.readOnly?.clientId ?? "",
        ...options.authServer,
      },
    }),
  );
  const child = options.child ?? giteaMcp();
  const sessionDaemon = await startPart(
    "sessionDaemon",
    daemon({
      name: "session-daemon",
      programs: options.programs,
      logFile: join(logDir, "session-daemon.log"),
      settings: {
        ...common,
        ...redis.environmentFor("sessionDaemon"),
        FJMCP_CHILD_COMMAND: child.command,
        FJMCP_CHILD_ENV: child.env,
        FJMCP_RUNTIME_DIR: join(dir, "run"),
        ...sandboxSettings(child),
        ...options.sessionDaemon,
      },
    }),
  );
  const closing = opened.move();
  return {
    issuer,
    mcpUrl: `${issuer}/mcp`,
    dir,
    forgejo,
    sockets,
    redis,
    authServer,
    sessionDaemon,
    keepDown(part) {
      const { promise, resolve } = Promise.withResolvers<void>();
      holds.set(part, promise);
      return {
        release() {
          holds.delete(part);
          resolve();
        },
      };
    },
    close: () => closing.disposeAsync(),
  };
}

/** A sandbox where it works, if it is known what the child must read; else none. */
function sandboxSettings({ readPaths }: ChildConfiguration): Record<string, string> {
  if (readPaths === undefined) return { FJMCP_SANDBOX: "none" };
  return { FJMCP_SANDBOX: "auto", FJMCP_SANDBOX_READ: readPaths.join(":") };
}

/** Each socket in a folder of its own, so that a group gets access to exactly one. */
async function makeSocketFolders(dir: string): Promise<Stack["sockets"]> {
  const path = async (name: string) => {
    await mkdir(join(dir, name), { mode: 0o750 });
    return join(dir, name, `${name}.sock`);
  };
  await mkdir(join(dir, "run"), { mode: 0o700 });
  return {
    mcp: await path("mcp"),
    control: await path("control"),
    ipc: await path("ipc"),
    admin: await path("admin"),
  };
}

function commonSettings(
  issuer: string,
  forgejo: ForgejoAccess,
  sockets: Stack["sockets"],
): Record<string, string> {
  return {
    FJMCP_ISSUER: issuer,
    FJMCP_FORGEJO_URL: forgejo.url,
    FJMCP_MCP_SOCKET: sockets.mcp,
    FJMCP_CONTROL_SOCKET: sockets.control,
    FJMCP_IPC_SOCKET: sockets.ipc,
  };
}
