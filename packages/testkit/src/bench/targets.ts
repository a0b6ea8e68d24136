import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine } from "../children/child-command.ts";
import { sandboxAccess } from "../stack/sandbox-access.ts";
import { startSandboxForgejo } from "../forgejo/sandbox-forgejo.ts";
import { ScriptedOAuthClient } from "../oauth-client/scripted-oauth-client.ts";
import { ScriptedUser } from "../scripted-user/scripted-user.ts";
import { freePort } from "../process/free-port.ts";
import { startProcess } from "../process/managed-process.ts";
import { startStack, type Stack } from "../stack/stack.ts";
import { inspectable } from "./live-heap.ts";

/** Where requests go, and the headers that they need. */
export interface Target {
  readonly address: { readonly path: string } | { readonly host: string; readonly port: number };
  readonly headers: Readonly<Record<string, string>>;
}

/** A client that a user has connected. */
interface SignedInClient {
  readonly clientId: string;
  readonly accessToken: string;
  /** The newest. */
  refreshToken: string;
}

/** All servers that are measured, in one run. */
export interface Targets {
  readonly constant: Target;
  readonly baselineBridge: Target;
  /** The same on a loopback port, as the auth-server of `gateway`. */
  readonly tcpBridge: Target;
  /** The baseline bridge with a process of its own for each `initialize`. */
  readonly spawningBridge: Target;
  readonly ours: Target;
  /** As `ours`, through the auth-server's `/mcp`. */
  readonly gateway: Target;
  /** As `ours`, with another account. */
  readonly other: Target;
  /** Signs the user of `other` in once more, with a client of its own. */
  readonly signInNeighbour: () => Promise<SignedInClient>;
  /** Signs other users in, each with a target like `ours`: one account keeps at most a thousand sessions. */
  readonly signInOthers: () => Promise<Target[]>;
  readonly stack: Stack;
  /** For logs. */
  readonly dir: string;
}

/** The child that all servers run, as program and arguments. */
export const echoChild = ["perl", join(import.meta.dirname, "echo-child.pl")] as const;

const child = {
  name: "echo",
  command: commandLine(...echoChild),
  env: "TOKEN={token}",
};

const otherUsers = 20;

/** Starts the whole system with a signed-in client, and the servers to compare with. Defers their end on `opened`. */
export async function startTargets(opened: AsyncDisposableStack): Promise<Targets> {
  const dir = await mkdtemp(join(tmpdir(), "fjmcp-bench-"));
  opened.defer(() => rm(dir, { recursive: true, force: true }));
  const users = Array.from({ length: 2 + otherUsers }, (_, index) => ({ name: `user${index}` }));
  const forgejo = await startSandboxForgejo({ users });
  opened.defer(() => forgejo.close());
  const stack = await startStack({
    forgejo: sandboxAccess(forgejo),
    child,
    sessionDaemon: { NODE_OPTIONS: inspectable },
  });
  opened.defer(() => stack.close());
  const start = async (name: string, script: string, ...args: string[]) => {
    const running = await startProcess({
      name,
      command: process.execPath,
      arguments: [join(import.meta.dirname, script), ...args],
      env: { PATH: process.env.PATH ?? "" },
      logFile: join(dir, `${name}.log`),
      isReady: (log) => log.includes("ready"),
    });
    opened.defer(async () => void (await running.end()));
  };
  const server = async (name: string, script: string, ...args: string[]): Promise<Target> => {
    const path = join(dir, `${name}.sock`);
    await start(name, script, path, ...args);
    return { address: { path }, headers: {} };
  };
  const tcpBridge = { address: { host: "127.0.0.1", port: await freePort() }, headers: {} };
  await start("tcp-bridge", "baseline-bridge.ts", String(tcpBridge.address.port));
  const signedIn = async (user: { name: string; password: string }): Promise<Target> => {
    const authorization = `Bearer ${(await signIn(stack.mcpUrl, user)).accessToken}`;
    return { address: { path: stack.sockets.mcp }, headers: { authorization } };
  };
  const ours = await signedIn(forgejo.users[0]!);
  const { hostname, port } = new URL(stack.mcpUrl);
  return {
    constant: await server("constant", "constant-server.ts"),
    baselineBridge: await server("baseline-bridge", "baseline-bridge.ts"),
    tcpBridge,
    spawningBridge: await server("spawning-bridge", "baseline-bridge.ts", "spawn"),
    ours,
    gateway: { ...ours, address: { host: hostname, port: Number(port) } },
    other: await signedIn(forgejo.users[1]!),
    signInNeighbour: () => signIn(stack.mcpUrl, forgejo.users[1]!),
    signInOthers: () => Promise.all(forgejo.users.slice(2).map(signedIn)),
    stack,
    dir,
  };
}

async function signIn(mcpUrl: string, user: { name: string; password: string }): Promise<SignedInClient> {
  const client = await ScriptedOAuthClient.register(mcpUrl);
  const attempt = client.authorize();
  const redirect = await new ScriptedUser(user).signInAndAllow(attempt.url, {
    stopAt: client.redirectUri,
    toolsets,
  });
  const { body } = await client.exchange(attempt, redirect.searchParams.get("code") ?? "");
  return {
    clientId: client.clientId,
    accessToken: String(body.access_token),
    refreshToken: String(body.refresh_token),
  };
}
