import { z } from "zod";
import { absolutePath, number, readEnvironment } from "@fjmcp/shared/config/environment";
import { forgejoUrl } from "@fjmcp/shared/config/forgejo-url";
import { issuerUrl } from "@fjmcp/shared/config/issuer";
import { redisEndpoint, redisEnvironment, type RedisEndpoint } from "@fjmcp/shared/config/redis-endpoint";
import { senderTimeouts } from "@fjmcp/shared/http-server/public-server";
import { logLevels, type LogLevel } from "@fjmcp/shared/log";
import type { McpServerOptions } from "./mcp/mcp-http-server.ts";
import { defaultAllowedArguments } from "./policy/denied-arguments.ts";
import { sandboxModes, type SandboxMode } from "./worker/sandbox/sandbox-choice.ts";
import { checkChildEnvironment, readChildCommand, withTimeout } from "./worker/command/child-command.ts";
import type { WorkerPoolOptions } from "./worker/pool/create-worker-pool.ts";

/** A duration of at most a day: a longer one is a mistake, and beyond 24 days a timer of Node's fires at once. */
const seconds = (options: { min: number; default: number }) => number({ ...options, max: 86_400 });

const environment = z.object({
  FJMCP_ISSUER: issuerUrl(),
  FJMCP_MCP_SOCKET: absolutePath(),
  FJMCP_CONTROL_SOCKET: absolutePath(),
  FJMCP_IPC_SOCKET: absolutePath(),
  ...redisEnvironment,
  FJMCP_FORGEJO_URL: forgejoUrl(),
  FJMCP_FORGEJO_TIMEOUT_SECONDS: number({ min: 0.1, max: 60, default: 10 }),
  FJMCP_CHILD_COMMAND: checked((text) => readChildCommand(text, "")),
  FJMCP_CHILD_ENV: checked(checkChildEnvironment),
  FJMCP_CHILD_SHA256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, "must be a SHA-256 of 64 hexadecimal digits, as sha256sum prints it")
    .optional(),
  FJMCP_CHILD_MEMORY_MIB: z
    .string()
    .regex(/^[1-9]\d{1,6}$/, "must be a whole number of MiB, at least 10")
    .transform(Number)
    .optional(),
  FJMCP_CHILD_DENIED_ARGUMENTS: z.string().default("").transform(words),
  FJMCP_CHILD_ALLOWED_ARGUMENTS: z
    .string()
    .default(defaultAllowedArguments)
    .transform(words)
    .refine((list) => list.every((word) => /^.+\..+$/.test(word)), {
      message: "must be words such as TOOL.ARGUMENT, separated by spaces",
    }),
  FJMCP_SANDBOX: z.enum(sandboxModes).default("auto"),
  FJMCP_SANDBOX_READ: readPaths(),
  FJMCP_RUNTIME_DIR: absolutePath(),
  FJMCP_ALLOWED_ORIGINS: origins(),
  FJMCP_MAX_WORKERS: number({ min: 1, default: 50 }),
  FJMCP_MAX_WORKERS_PER_ACCOUNT: number({ min: 1, default: 8 }),
  FJMCP_IDLE_SECONDS: seconds({ min: 0.01, default: 600 }),
  FJMCP_START_SECONDS: seconds({ min: 0.01, default: 15 }),
  FJMCP_REQUEST_SECONDS: seconds({ min: 0.01, default: 300 }),
  FJMCP_QUEUE_SECONDS: seconds({ min: 0.01, default: 30 }),
  FJMCP_DRAIN_SECONDS: seconds({ min: 0, default: 10 }),
  FJMCP_KEEP_ALIVE_SECONDS: seconds({ min: 0.01, default: 15 }),
  FJMCP_SWEEP_SECONDS: seconds({ min: 0.01, default: 5 }),
  FJMCP_LOG_LEVEL: z.enum(logLevels).default("info"),
});

/** No settings: the limits on slow clients suit every deployment. */
const mcpServer: McpServerOptions = {
  senderTimeouts,
  slowClientLimits: { stallTimeoutMs: 60_000, maxUnreadBytes: 256 * 1024 * 1024 },
};

export interface SessionDaemonConfig {
  readonly issuer: string;
  readonly mcpSocket: string;
  readonly controlSocket: string;
  /** The auth-server's IPC socket, to which this daemon connects. */
  readonly ipcSocket: string;
  readonly redis: RedisEndpoint;
  readonly allowedOrigins: readonly string[];
  /** For one call to Forgejo: of this daemon, and of a child that gets it as `{timeout}`. */
  readonly forgejoTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly sweepMs: number;
  readonly mcpServer: McpServerOptions;
  readonly logLevel: LogLevel;
  readonly sandboxMode: SandboxMode;
  /** Arguments that no tool gets, beside the known ones; the exceptions as `tool.argument`. */
  readonly deniedArguments: readonly string[];
  readonly allowedArguments: readonly string[];
  readonly workers: Omit<
    WorkerPoolOptions,
    | "sandbox"
    | "cgroups"
    | "upstreamTokens"
    | "userCheck"
    | "onListChanged"
    | "clock"
    | "maxLineBytes"
    | "userCheckPauseMs"
    | "log"
  >;
}

/** Reads all settings from environment variables. Throws ConfigurationError with every fault. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): SessionDaemonConfig {
  const read = readEnvironment(environment, env);
  return {
    issuer: read.FJMCP_ISSUER,
    mcpSocket: read.FJMCP_MCP_SOCKET,
    controlSocket: read.FJMCP_CONTROL_SOCKET,
    ipcSocket: read.FJMCP_IPC_SOCKET,
    redis: redisEndpoint(read),
    allowedOrigins: read.FJMCP_ALLOWED_ORIGINS,
    forgejoTimeoutMs: read.FJMCP_FORGEJO_TIMEOUT_SECONDS * 1000,
    keepAliveMs: read.FJMCP_KEEP_ALIVE_SECONDS * 1000,
    sweepMs: read.FJMCP_SWEEP_SECONDS * 1000,
    mcpServer,
    logLevel: read.FJMCP_LOG_LEVEL,
    sandboxMode: read.FJMCP_SANDBOX,
    deniedArguments: read.FJMCP_CHILD_DENIED_ARGUMENTS,
    allowedArguments: read.FJMCP_CHILD_ALLOWED_ARGUMENTS,
    workers: {
      child: withTimeout(
        readChildCommand(read.FJMCP_CHILD_COMMAND, read.FJMCP_CHILD_ENV),
        read.FJMCP_FORGEJO_TIMEOUT_SECONDS,
      ),
      forgejoUrl: read.FJMCP_FORGEJO_URL,
      runtimeDir: read.FJMCP_RUNTIME_DIR,
      environment: env,
      readPaths: read.FJMCP_SANDBOX_READ,
      memoryLimitMiB: read.FJMCP_CHILD_MEMORY_MIB,
      childSha256: read.FJMCP_CHILD_SHA256,
      maxWorkers: read.FJMCP_MAX_WORKERS,
      maxWorkersPerAccount: read.FJMCP_MAX_WORKERS_PER_ACCOUNT,
      idleTimeoutMs: read.FJMCP_IDLE_SECONDS * 1000,
      startTimeoutMs: read.FJMCP_START_SECONDS * 1000,
      requestTimeoutMs: read.FJMCP_REQUEST_SECONDS * 1000,
      queueTimeoutMs: read.FJMCP_QUEUE_SECONDS * 1000,
      drainTimeoutMs: read.FJMCP_DRAIN_SECONDS * 1000,
    },
  };
}

/** A text that `read` accepts; its error's message becomes the fault. */
function checked(read: (text: string) => unknown) {
  return z.string().superRefine((text, context) => {
    try {
      read(text);
    } catch (error) {
      context.addIssue({ code: "custom", message: (error as Error).message });
    }
  });
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

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

/** Absolute paths, separated by colons as in PATH. */
function readPaths() {
  return z
    .string()
    .transform((text) => text.split(":").filter(Boolean))
    .refine((list) => list.every((path) => path.startsWith("/") && path !== "/"), {
      message: "must be absolute paths, separated by colons, and not the root folder",
    })
    .default([]);
}
