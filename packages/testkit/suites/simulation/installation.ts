import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { readConfig as readAuthServerConfig } from "@fjmcp/auth-server/config";
import { startAuthServer } from "@fjmcp/auth-server/server";
import { readConfig as readSessionDaemonConfig } from "@fjmcp/session-daemon/config";
import { startSessionDaemon } from "@fjmcp/session-daemon/daemon";
import { createLog } from "@fjmcp/shared/log";
import { startSandboxForgejo, type SandboxForgejo } from "../../src/forgejo/sandbox-forgejo.ts";
import type { HttpTarget } from "../../src/mcp-client/http-client.ts";
import { freePort } from "../../src/process/free-port.ts";
import { startPrivateRedis } from "../../src/redis/private-redis.ts";
import { writeAuthServerSecrets } from "../../src/stack/stack-secrets.ts";
import { issueChild } from "../faults/issue-child.ts";
import { installJumpingClock } from "./jumping-clock.ts";

/** Both daemons in this process, on a Redis and a Forgejo of their own, all by one clock that jumps. */
export interface Installation {
  readonly mcpUrl: string;
  /** The session-daemon's socket, as the proxy uses it. */
  readonly mcpTarget: HttpTarget;
  readonly forgejo: SandboxForgejo;
  /** Each ends one part, and starts it again; by name. Only one at a time. */
  readonly restarts: Readonly<Record<string, () => Promise<void>>>;
  /** Lets the time jump, for every clock and for every expiry in Redis. */
  passTime(seconds: number): Promise<void>;
  close(): Promise<void>;
}

const forgejoAwayMs = 500;

/** A jump of `ARGV[1]` milliseconds: every key expires so much earlier. */
const shortenEveryTtl = `
  local cursor = '0'
  repeat
    local page = redis.call('SCAN', cursor, 'COUNT', 1000)
    cursor = page[1]
    for _, key in ipairs(page[2]) do
      local ttl = redis.call('PTTL', key)
      if ttl >= 0 then redis.call('PEXPIRE', key, ttl - ARGV[1]) end
    end
  until cursor == '0'`;

/** `settings` overrides those of the auth-server. */
export async function startInstallation(settings: Record<string, string> = {}): Promise<Installation> {
  await using opened = new AsyncDisposableStack();
  const clock = installJumpingClock();
  opened.defer(() => clock.restore());
  const dir = mkdtempSync(join(tmpdir(), "fjmcp-simulation-"));
  opened.defer(() => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }));
  mkdirSync(join(dir, "run"), { mode: 0o700 });
  const redis = await startPrivateRedis({ appendOnly: true });
  opened.defer(() => redis.close());
  const everyKey = new Redis(redis.unrestricted);
  everyKey.on("error", () => undefined);
  opened.defer(() => everyKey.disconnect());
  const forgejo = await startSandboxForgejo();
  opened.defer(() => forgejo.close());

  const listen = `127.0.0.1:${await freePort()}`;
  const issuer = `http://${listen}`;
  const app = await forgejo.createApp({ name: "fjmcp", redirectUris: [`${issuer}/oauth/callback`] });
  const common = {
    FJMCP_ISSUER: issuer,
    FJMCP_FORGEJO_URL: forgejo.url,
    FJMCP_MCP_SOCKET: join(dir, "mcp.sock"),
    FJMCP_CONTROL_SOCKET: join(dir, "control.sock"),
    FJMCP_IPC_SOCKET: join(dir, "ipc.sock"),
    FJMCP_LOG_LEVEL: process.env.FJMCP_LOG_LEVEL ?? "fatal",
  };
  const authServerConfig = readAuthServerConfig({
    ...common,
    ...(await writeAuthServerSecrets(dir, app)),
    ...redis.environmentFor("authServer"),
    FJMCP_LISTEN: listen,
    FJMCP_FORGEJO_CLIENT_ID: app.clientId,
    ...settings,
  });
  const sessionDaemonConfig = readSessionDaemonConfig({
    ...common,
    ...redis.environmentFor("sessionDaemon"),
    PATH: process.env.PATH,
    FJMCP_CHILD_COMMAND: issueChild.command,
    FJMCP_CHILD_ENV: `${issueChild.env} NODE_COMPILE_CACHE=${join(dir, "compiled")}`,
    FJMCP_RUNTIME_DIR: join(dir, "run"),
    FJMCP_SANDBOX: "none",
    FJMCP_DRAIN_SECONDS: "1",
  });
  const startAuth = () =>
    startAuthServer(authServerConfig, createLog("auth-server", authServerConfig.logLevel));
  const startSession = () =>
    startSessionDaemon(sessionDaemonConfig, createLog("session-daemon", sessionDaemonConfig.logLevel));
  let authServer = await startAuth();
  opened.defer(() => authServer.stop());
  let sessionDaemon = await startSession();
  opened.defer(() => sessionDaemon.stop());
  const closing = opened.move();

  return {
    mcpUrl: `${issuer}/mcp`,
    mcpTarget: { socketPath: common.FJMCP_MCP_SOCKET },
    forgejo,
    restarts: {
      async authServer() {
        await authServer.stop();
        authServer = await startAuth();
      },
      async sessionDaemon() {
        await sessionDaemon.stop();
        sessionDaemon = await startSession();
      },
      async redis() {
        await redis.kill("SIGKILL");
        await redis.start();
      },
      async forgejo() {
        forgejo.controls.setFault({ path: /./, mode: "close" });
        await sleep(forgejoAwayMs);
        forgejo.controls.clearFaults();
      },
    },
    async passTime(seconds) {
      const milliseconds = Math.round(seconds * 1000);
      await everyKey.eval(shortenEveryTtl, 0, milliseconds);
      clock.jump(milliseconds);
    },
    close: () => closing.disposeAsync(),
  };
}
