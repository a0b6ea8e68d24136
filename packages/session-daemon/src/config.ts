import { z } from "zod";
import { absolutePath, number, readEnvironment } from "@fjmcp/shared/config/environment";
import { issuerUrl } from "@fjmcp/shared/config/issuer";
import { redisEndpoint, redisEnvironment, type RedisEndpoint } from "@fjmcp/shared/config/redis-endpoint";
import { logLevels, type LogLevel } from "@fjmcp/shared/log";

const environment = z.object({
  FJMCP_ISSUER: issuerUrl(),
  FJMCP_MCP_SOCKET: absolutePath(),
  FJMCP_CONTROL_SOCKET: absolutePath(),
  FJMCP_IPC_SOCKET: absolutePath(),
  ...redisEnvironment,
  FJMCP_FORGEJO_URL: forgejoUrl(),
  FJMCP_CHILD_COMMAND: z.string(),
  FJMCP_CHILD_ENV: childEnvironment(),
  FJMCP_RUNTIME_DIR: absolutePath(),
  FJMCP_ALLOWED_ORIGINS: origins(),
  FJMCP_MAX_WORKERS: number({ min: 1, default: 50 }),
  FJMCP_MAX_WORKERS_PER_ACCOUNT: number({ min: 1, default: 8 }),
  FJMCP_IDLE_SECONDS: number({ min: 0.01, default: 600 }),
  FJMCP_START_SECONDS: number({ min: 0.01, default: 15 }),
  FJMCP_REQUEST_SECONDS: number({ min: 0.01, default: 300 }),
  FJMCP_QUEUE_SECONDS: number({ min: 0.01, default: 30 }),
  FJMCP_DRAIN_SECONDS: number({ min: 0, default: 10 }),
  FJMCP_KEEP_ALIVE_SECONDS: number({ min: 0.01, default: 15 }),
  FJMCP_SWEEP_SECONDS: number({ min: 0.01, default: 5 }),
  FJMCP_LOG_LEVEL: z.enum(logLevels).default("info"),
});

export interface Config {
  readonly issuer: string;
  readonly mcpSocket: string;
  readonly controlSocket: string;
  /** The auth-server's IPC socket, to which this daemon connects. */
  readonly ipcSocket: string;
  readonly redis: RedisEndpoint;
  readonly allowedOrigins: readonly string[];
  readonly keepAliveMs: number;
  readonly sweepMs: number;
  readonly drainMs: number;
  readonly logLevel: LogLevel;
  readonly worker: WorkerConfig;
}

/** What the worker pool is told. */
export interface WorkerConfig {
  readonly forgejoUrl: string;
  /** A command line with `{url}`, split as execa's parseCommandString does. */
  readonly childCommand: string;
  /** Values hold `{token}` and `{url}`. */
  readonly childEnv: Readonly<Record<string, string>>;
  readonly runtimeDir: string;
  readonly maxWorkers: number;
  readonly maxWorkersPerAccount: number;
  readonly idleMs: number;
  readonly startMs: number;
  readonly requestMs: number;
  readonly queueMs: number;
  readonly drainMs: number;
}

/** Throws ConfigurationError with every fault. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const read = readEnvironment(environment, env);
  return {
    issuer: read.FJMCP_ISSUER,
    mcpSocket: read.FJMCP_MCP_SOCKET,
    controlSocket: read.FJMCP_CONTROL_SOCKET,
    ipcSocket: read.FJMCP_IPC_SOCKET,
    redis: redisEndpoint(read),
    allowedOrigins: read.FJMCP_ALLOWED_ORIGINS,
    keepAliveMs: read.FJMCP_KEEP_ALIVE_SECONDS * 1000,
    sweepMs: read.FJMCP_SWEEP_SECONDS * 1000,
    drainMs: read.FJMCP_DRAIN_SECONDS * 1000,
    logLevel: read.FJMCP_LOG_LEVEL,
    worker: {
      forgejoUrl: read.FJMCP_FORGEJO_URL,
      childCommand: read.FJMCP_CHILD_COMMAND,
      childEnv: read.FJMCP_CHILD_ENV,
      runtimeDir: read.FJMCP_RUNTIME_DIR,
      maxWorkers: read.FJMCP_MAX_WORKERS,
      maxWorkersPerAccount: read.FJMCP_MAX_WORKERS_PER_ACCOUNT,
      idleMs: read.FJMCP_IDLE_SECONDS * 1000,
      startMs: read.FJMCP_START_SECONDS * 1000,
      requestMs: read.FJMCP_REQUEST_SECONDS * 1000,
      queueMs: read.FJMCP_QUEUE_SECONDS * 1000,
      drainMs: read.FJMCP_DRAIN_SECONDS * 1000,
    },
  };
}

function forgejoUrl() {
  return z
    .string()
    .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
      message: "must be an http or https URL",
    })
    .transform((text) => text.replace(/\/+$/, ""));
}

/** Space-separated `NAME=value`; a value holds no space. */
function childEnvironment() {
  return z
    .string()
    .refine((text) => words(text).every((word) => /^[A-Za-z_][A-Za-z0-9_]*=/.test(word)), {
      message: "must be NAME=value pairs separated by spaces",
    })
    .transform((text) => Object.fromEntries(words(text).map(splitAtEquals)))
    .default({});
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function splitAtEquals(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return [pair.slice(0, at), pair.slice(at + 1)];
}

/** Comma-separated origins, each as a browser sends it. */
function origins() {
  return z
    .string()
    .transform((text) => text.split(",").map((origin) => origin.trim()))
    .refine((list) => list.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin), {
      message: "must be origins such as https://app.example.org, separated by commas",
    })
    .default([]);
}
