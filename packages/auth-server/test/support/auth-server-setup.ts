import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { createLog } from "@fjmcp/shared/log";
import { startSandboxForgejo, type SandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { freePort } from "@fjmcp/testkit/process/free-port";
import { fastUnlessCovered } from "@fjmcp/testkit/stack/fast-start";
import { startProcess, type ManagedProcess } from "@fjmcp/testkit/process/managed-process";
import { startPrivateRedis, type PrivateRedis } from "@fjmcp/testkit/redis/private-redis";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import type { Clock } from "@fjmcp/shared/clock";
import { readConfig } from "../../src/config.ts";
import { startAuthServer } from "../../src/server.ts";

interface Teardown {
  teardown(end: () => unknown): void;
}

/** A Redis, a sandbox Forgejo and the files of an auth-server installation, without a running auth-server. */
export interface AuthServerSetup {
  readonly issuer: string;
  readonly redis: PrivateRedis;
  /** A connection without access restrictions. */
  readonly admin: Redis;
  readonly forgejo: SandboxForgejo;
  readonly forgejoApp: { readonly clientId: string; readonly clientSecret: string };
  /** A second application, and the variables of an auth-server that uses it. */
  readonly readOnlyApp: {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly environment: Readonly<Record<string, string>>;
  };
  readonly directory: string;
  /** The secrets that the auth-server is configured with. */
  readonly secrets: readonly string[];
  /** The variables of an auth-server that listens on `port`. */
  environment(port: number, more?: Record<string, string>): Record<string, string>;
  /** Starts one in this process and returns its origin. The first one listens at the issuer. */
  serve(options?: { clock?: Clock; more?: Record<string, string> }): Promise<string>;
  /** Starts one as a process of its own. */
  spawn(more?: Record<string, string>): Promise<{ origin: string; process: ManagedProcess }>;
  user(name?: string): ScriptedUser;
}

export async function setUpAuthServer(t: Teardown): Promise<AuthServerSetup> {
  const directory = temporaryDirectory(t);
  const redis = await startPrivateRedis();
  t.teardown(() => redis.close());
  const admin = new Redis(redis.unrestricted);
  admin.on("error", () => undefined);
  t.teardown(() => admin.disconnect());
  const issuerPort = await freePort();
  const issuer = `http://127.0.0.1:${issuerPort}`;
  const forgejo = await startSandboxForgejo();
  t.teardown(() => forgejo.close());
  const redirectUris = [`${issuer}/oauth/callback`];
  const forgejoApp = await forgejo.createApp({ name: "fjmcp", redirectUris });
  const readOnlyApp = await forgejo.createApp({ name: "fjmcp (read only)", redirectUris });

  const secrets = [forgejoApp.clientSecret, ...[1, 2, 3].map(() => randomBytes(32).toString("base64url"))];
  const [clientSecret, vaultKey, cookieKey, derivationKey] = secrets as [string, string, string, string];
  const file = (name: string, text: string) => {
    writeFileSync(join(directory, name), text, { mode: 0o600 });
    return join(directory, name);
  };
  const files = {
    FJMCP_FORGEJO_CLIENT_SECRET_FILE: file("client-secret", clientSecret),
    FJMCP_VAULT_KEY_FILE: file("vault-key", vaultKey),
    FJMCP_COOKIE_KEY_FILE: file("cookie-key", cookieKey),
    FJMCP_DERIVATION_KEY_FILE: file("derivation-key", derivationKey),
  };
  let servers = 0;

  const setup: AuthServerSetup = {
    issuer,
    redis,
    admin,
    forgejo,
    forgejoApp,
    readOnlyApp: {
      ...readOnlyApp,
      environment: {
        FJMCP_FORGEJO_READ_ONLY_CLIENT_ID: readOnlyApp.clientId,
        FJMCP_FORGEJO_READ_ONLY_CLIENT_SECRET_FILE: file("read-only-client-secret", readOnlyApp.clientSecret),
      },
    },
    directory,
    secrets,
    environment(port, more = {}) {
      return {
        FJMCP_ISSUER: issuer,
        FJMCP_LISTEN: `127.0.0.1:${port}`,
        FJMCP_IPC_SOCKET: join(directory, `ipc-${port}.sock`),
        FJMCP_CONTROL_SOCKET: join(directory, "control.sock"),
        FJMCP_MCP_SOCKET: join(directory, "mcp.sock"),
        ...redis.environmentFor("authServer"),
        FJMCP_FORGEJO_URL: forgejo.url,
        FJMCP_FORGEJO_CLIENT_ID: forgejoApp.clientId,
        ...files,
        ...more,
      };
    },
    async serve({ clock, more } = {}) {
      const port = servers++ === 0 ? issuerPort : await freePort();
      const config = readConfig(setup.environment(port, more));
      const service = await startAuthServer(config, createLog("auth-server", "fatal"), clock);
      t.teardown(() => service.stop());
      return `http://127.0.0.1:${port}`;
    },
    async spawn(more = {}) {
      const port = servers++ === 0 ? issuerPort : await freePort();
      const process = await startProcess(
        fastUnlessCovered({
          name: "auth-server",
          command: globalThis.process.execPath,
          arguments: [join(import.meta.dirname, "../../src/main.ts")],
          env: setup.environment(port, more),
          logFile: join(directory, `auth-server-${port}.log`),
          isReady: (log) => log.includes('"ready"'),
        }),
      );
      t.teardown(() => process.end());
      return { origin: `http://127.0.0.1:${port}`, process };
    },
    user(name = "alice") {
      const account = forgejo.users.find((candidate) => candidate.name === name);
      if (account === undefined) throw new Error(`the sandbox has no ${name}`);
      return new ScriptedUser(account);
    },
  };
  return setup;
}
