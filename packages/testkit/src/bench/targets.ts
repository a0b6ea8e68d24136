import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine } from "../children/child-command.ts";
import { sandboxAccess } from "../stack/sandbox-access.ts";
import { startSandboxForgejo } from "../forgejo/sandbox-forgejo.ts";
import { ScriptedOAuthClient } from "../oauth-client/scripted-oauth-client.ts";
import { ScriptedUser } from "../scripted-user/scripted-user.ts";
import { startProcess } from "../process/managed-process.ts";
import { startStack, type Stack } from "../stack/stack.ts";
import { askable } from "./live-heap.ts";

/** Where requests go, and the headers that they need there. */
export interface Target {
  readonly socketPath: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Everything that is measured, side by side in one run. */
export interface Targets {
  readonly constant: Target;
  readonly floor: Target;
  /** The floor with a process of its own for each `initialize`. */
  readonly spawningFloor: Target;
  readonly ours: Target;
  /** Signs other people in, each with a target like `ours`: one account keeps no more than a thousand sessions. */
  readonly signInOthers: () => Promise<Target[]>;
  readonly stack: Stack;
}

const child = {
  name: "echo",
  command: commandLine("perl", join(import.meta.dirname, "echo-child.pl")),
  env: "TOKEN={token}",
};

const otherPeople = 20;

/** Starts the whole system with a signed-in client, and the servers to compare with; `opened` ends them. */
export async function startTargets(opened: AsyncDisposableStack): Promise<Targets> {
  const dir = await mkdtemp(join(tmpdir(), "fjmcp-bench-"));
  opened.defer(() => rm(dir, { recursive: true, force: true }));
  const users = Array.from({ length: 1 + otherPeople }, (_, index) => ({ name: `person${index}` }));
  const forgejo = await startSandboxForgejo({ users });
  opened.defer(() => forgejo.close());
  const stack = await startStack({
    forgejo: sandboxAccess(forgejo),
    child,
    sessionDaemon: { NODE_OPTIONS: askable },
  });
  opened.defer(() => stack.close());
  const server = async (name: string, script: string, ...args: string[]): Promise<Target> => {
    const socketPath = join(dir, `${name}.sock`);
    const running = await startProcess({
      name,
      command: process.execPath,
      arguments: [join(import.meta.dirname, script), socketPath, ...args],
      env: { PATH: process.env["PATH"] ?? "" },
      logFile: join(dir, `${name}.log`),
      isReady: (log) => log.includes("ready"),
    });
    opened.defer(async () => void (await running.end()));
    return { socketPath, headers: {} };
  };
  const signedIn = async (user: { name: string; password: string }): Promise<Target> => {
    const authorization = `Bearer ${await signIn(stack.mcpUrl, user)}`;
    return { socketPath: stack.sockets.mcp, headers: { authorization } };
  };
  return {
    constant: await server("constant", "constant-server.ts"),
    floor: await server("floor", "baseline-bridge.ts"),
    spawningFloor: await server("spawning-floor", "baseline-bridge.ts", "spawn"),
    ours: await signedIn(forgejo.users[0]!),
    signInOthers: () => Promise.all(forgejo.users.slice(1).map(signedIn)),
    stack,
  };
}

async function signIn(mcpUrl: string, user: { name: string; password: string }): Promise<string> {
  const client = await ScriptedOAuthClient.register(mcpUrl);
  const attempt = client.authorize();
  const redirect = await new ScriptedUser(user).signInAndAllow(attempt.url, { stopAt: client.redirectUri });
  const answer = await client.exchange(attempt, redirect.searchParams.get("code") ?? "");
  return String(answer.body["access_token"]);
}
