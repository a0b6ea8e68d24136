import { oneWord, words } from "@fjmcp/shared/config/words";
import { z } from "zod";
import { commonSettings } from "@fjmcp/shared/config/common-settings";
import { distinctSocketsCheck } from "@fjmcp/shared/config/distinct-sockets";
import {
  absolutePath,
  number,
  readEnvironment,
  secretFile,
  wholeNumber,
} from "@fjmcp/shared/config/environment";
import { redisEndpoint, type RedisEndpoint } from "@fjmcp/shared/config/redis-endpoint";
import { senderTimeouts } from "@fjmcp/shared/http-server/public-server";
import type { InheritedSockets } from "@fjmcp/shared/http-server/inherited-sockets";
import type { LogLevel } from "@fjmcp/shared/log";
import type { McpServerOptions } from "./mcp/mcp-http-server.ts";
import { defaultAllowedArguments } from "./policy/denied-arguments.ts";
import { configuredTable, knownTableNames } from "./policy/known-tables.ts";
import { sandboxModes, type SandboxMode } from "./worker/sandbox/sandbox-choice.ts";
import { checkChildEnvironment, readChildCommand, withTimeout } from "./worker/command/child-command.ts";
import type { WorkerSettings } from "./worker/pool/worker-settings.ts";

/** A duration of at most a day: a longer one is a mistake, and beyond 24 days a timer of Node's fires at once. */
const seconds = (options: { min: number; default: number }) => number({ ...options, max: 86_400 });

/** The settings of the session-daemon; each has a description for the reference and the configuration file. */
export const sessionDaemonSettings = {
  ...commonSettings,
  FJMCP_REDIS_SESSION_USERNAME: oneWord()
    .default("fjmcp-session-daemon")
    .describe("the session-daemon's user in Redis, see `deploy/redis.acl`"),
  FJMCP_REDIS_SESSION_PASSWORD_FILE: secretFile().describe(
    "the password of the session-daemon's user in Redis",
  ),
  FJMCP_CHILD_COMMAND: checked((text) => readChildCommand(text, ""))
    .default("forgejo-mcp --transport stdio --url {url}")
    .describe(
      "the MCP server's command line; no shell, backslash escapes a space; `{url}` and `{timeout}` are filled in",
    ),
  FJMCP_CHILD_ENV: checked(checkChildEnvironment)
    .default("FORGEJO_ACCESS_TOKEN={token} FORGEJO_USER_AGENT={user_agent}")
    .describe(
      "its environment, `NAME=value` separated by spaces; `{token}`, the user's Forgejo token, must be in it; `{user_agent}`, which names client and grant, `{url}` and `{timeout}` are filled in",
    ),
  FJMCP_CHILD_SHA256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, "must be a SHA-256 of 64 hexadecimal digits, as sha256sum prints it")
    .optional()
    .describe("the SHA-256 of the MCP server's program: another file is not started"),
  FJMCP_CHILD_MEMORY_MIB: z
    .string()
    .regex(/^[1-9]\d{1,6}$/, "must be a whole number of MiB, at least 10")
    .transform(Number)
    .optional()
    .describe("what one process of the MCP server may allocate; 512, or 1024 if Node runs it, unless given"),
  FJMCP_CHILD_DENIED_ARGUMENTS: z
    .string()
    .default("")
    .transform(words)
    .describe("further arguments that no tool gets, separated by spaces"),
  FJMCP_CHILD_ALLOWED_ARGUMENTS: z
    .string()
    .default(defaultAllowedArguments)
    .transform(words)
    .refine((list) => list.every((word) => /^.+\..+$/.test(word)), {
      message: "must be words such as TOOL.ARGUMENT, separated by spaces",
    })
    .describe("exceptions from the denied arguments, `TOOL.ARGUMENT` separated by spaces"),
  FJMCP_TOOL_TABLE: checked(configuredTable)
    .default("auto")
    .describe(
      `what is known of the MCP server's tools: \`auto\` by the name that it gives, ${knownTableNames.map((name) => `\`${name}\``).join(", ")}, \`none\`, or the path of a file as \`pnpm tool-table\` makes one`,
    ),
  FJMCP_TOOLS_ALLOW: z
    .string()
    .default("")
    .transform(words)
    .describe(
      "only these tools, prompts and resources may be used: names and URIs separated by spaces, `*` stands for any characters; all unless given",
    ),
  FJMCP_TOOLS_DENY: z
    .string()
    .default("")
    .transform(words)
    .describe("these may not be used, in the same form, even if they are allowed"),
  FJMCP_CHILD_ISOLATION: z
    .enum(["grant", "session"])
    .default("grant")
    .describe(
      "`grant`: the sessions of a connection share processes of the MCP server; `session`: each has one of its own, which may send requests to the client (sampling, elicitation, roots), and ends with it",
    ),
  FJMCP_SANDBOX: z
    .enum(sandboxModes)
    .default("auto")
    .describe(
      "`auto`: bubblewrap where it works; `required`: bubblewrap, or the daemon does not start; `none`",
    ),
  FJMCP_SANDBOX_READ: readPaths().describe(
    "files and folders that the MCP server may read in the sandbox, separated by colons",
  ),
  FJMCP_RUNTIME_DIR: absolutePath()
    .default("/run/fjmcp/session-workers")
    .describe(
      "a directory of the session-daemon's own, where process groups are recorded, and without a sandbox the workers' homes",
    ),
  FJMCP_ALLOWED_ORIGINS: origins().describe(
    "further web origins that may call `/mcp` from a browser, comma-separated",
  ),
  FJMCP_MAX_WORKERS: wholeNumber({ min: 1, default: 50 }).describe(
    "worker processes of all accounts; the last tenth goes to accounts without one",
  ),
  FJMCP_MAX_WORKERS_PER_ACCOUNT: wholeNumber({ min: 1, default: 8 }).describe(
    "worker processes of one account",
  ),
  FJMCP_IDLE_SECONDS: seconds({ min: 0.01, default: 600 }).describe("an idle worker ends after this"),
  FJMCP_START_SECONDS: seconds({ min: 0.01, default: 15 }).describe(
    "a worker must respond to `initialize` within this",
  ),
  FJMCP_REQUEST_SECONDS: seconds({ min: 0.01, default: 300 }).describe("a call must complete within this"),
  FJMCP_QUEUE_SECONDS: seconds({ min: 0.01, default: 30 }).describe(
    "how long a call waits when the limits are reached",
  ),
  FJMCP_DRAIN_SECONDS: seconds({ min: 0, default: 5 }).describe(
    "how long a stop waits for calls in flight; for more than 25, raise `TimeoutStopSec=` of its unit, too",
  ),
  FJMCP_KEEP_ALIVE_SECONDS: seconds({ min: 0.01, default: 15 }).describe(
    "interval of keep-alive comments on open event streams",
  ),
  FJMCP_SWEEP_SECONDS: seconds({ min: 0.01, default: 5 }).describe(
    "interval of the search for revoked grants",
  ),
};

const environment = z.object(sessionDaemonSettings).check(distinctSocketsCheck);

/** No settings: the limits on slow clients suit every deployment. */
const mcpServer: McpServerOptions = {
  senderTimeouts,
  slowClientLimits: { stallTimeoutMs: 60_000, maxUnreadBytes: 256 * 1024 * 1024 },
};

export interface SessionDaemonConfig {
  readonly issuer: string;
  /** Sockets that are used in place of the next two: `mcp`, `control`. */
  readonly inherited: InheritedSockets;
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
  /** How long a stop waits for calls in flight. */
  readonly drainTimeoutMs: number;
  readonly mcpServer: McpServerOptions;
  readonly logLevel: LogLevel;
  readonly isolation: "grant" | "session";
  readonly sandboxMode: SandboxMode;
  /** Arguments that no tool gets, beside the known ones; the exceptions as `tool.argument`. */
  readonly deniedArguments: readonly string[];
  readonly allowedArguments: readonly string[];
  /** As `configuredTable` reads it. */
  readonly toolTable: string;
  /** Patterns of names and URIs; an empty `allow` allows all. */
  readonly tools: { readonly allow: readonly string[]; readonly deny: readonly string[] };
  readonly workers: WorkerSettings;
}

/** Reads all settings from environment variables. Throws ConfigurationError with every fault. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  inherited: InheritedSockets = {},
): SessionDaemonConfig {
  const read = readEnvironment(environment, env);
  return {
    issuer: read.FJMCP_ISSUER,
    inherited,
    mcpSocket: read.FJMCP_MCP_SOCKET,
    controlSocket: read.FJMCP_CONTROL_SOCKET,
    ipcSocket: read.FJMCP_IPC_SOCKET,
    redis: redisEndpoint(read.FJMCP_REDIS, {
      username: read.FJMCP_REDIS_SESSION_USERNAME,
      password: read.FJMCP_REDIS_SESSION_PASSWORD_FILE,
    }),
    allowedOrigins: read.FJMCP_ALLOWED_ORIGINS,
    forgejoTimeoutMs: read.FJMCP_FORGEJO_TIMEOUT_SECONDS * 1000,
    keepAliveMs: read.FJMCP_KEEP_ALIVE_SECONDS * 1000,
    sweepMs: read.FJMCP_SWEEP_SECONDS * 1000,
    drainTimeoutMs: read.FJMCP_DRAIN_SECONDS * 1000,
    mcpServer,
    logLevel: read.FJMCP_LOG_LEVEL,
    isolation: read.FJMCP_CHILD_ISOLATION,
    sandboxMode: read.FJMCP_SANDBOX,
    deniedArguments: read.FJMCP_CHILD_DENIED_ARGUMENTS,
    allowedArguments: read.FJMCP_CHILD_ALLOWED_ARGUMENTS,
    toolTable: read.FJMCP_TOOL_TABLE,
    tools: { allow: read.FJMCP_TOOLS_ALLOW, deny: read.FJMCP_TOOLS_DENY },
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
