import { z } from "zod";
import { logLevels } from "../log.ts";
import { absolutePath, number } from "./environment.ts";
import { forgejoUrl } from "./forgejo-url.ts";
import { issuerUrl } from "./issuer.ts";
import { redisAddress } from "./redis-endpoint.ts";

/** The settings that both daemons read. */
export const commonSettings = {
  FJMCP_ISSUER: issuerUrl().describe(
    "the public origin, such as `https://mcp.example.org`; http only on loopback",
  ),
  FJMCP_FORGEJO_URL: forgejoUrl().describe("the Forgejo instance, as its users see it"),
  FJMCP_FORGEJO_TIMEOUT_SECONDS: number({ min: 0.1, max: 60, default: 10 }).describe(
    "for one call to Forgejo; `{timeout}` stands for it, in whole seconds",
  ),
  FJMCP_REDIS: redisAddress()
    .default("unix:/run/fjmcp/redis/redis.sock")
    .describe("the address of Redis: `unix:/path`, `redis://host:port` or `rediss://host:port`"),
  FJMCP_IPC_SOCKET: absolutePath()
    .default("/run/fjmcp/auth-ipc/ipc.sock")
    .describe("the auth-server's, where the session-daemon requests Forgejo tokens"),
  FJMCP_MCP_SOCKET: absolutePath()
    .default("/run/fjmcp/session/mcp.sock")
    .describe("the session-daemon's, for `/mcp`"),
  FJMCP_CONTROL_SOCKET: absolutePath()
    .default("/run/fjmcp/session-control/control.sock")
    .describe("the session-daemon's, for the auth-server and for health checks"),
  FJMCP_LOG_LEVEL: z
    .enum(logLevels)
    .default("info")
    .describe("the least severe level that is logged, of `fatal error warn info debug trace`"),
};
