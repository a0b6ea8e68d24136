import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine } from "../children/child-command.ts";
import { sandboxAccess } from "../forgejo/sandbox-access.ts";
import { startSandboxForgejo } from "../forgejo/sandbox-forgejo.ts";
import { ScriptedOAuthClient } from "../oauth-client/scripted-oauth-client.ts";
import { Person } from "../person/person.ts";
import { startProcess } from "../process/managed-process.ts";
import { startStack, type Stack } from "../process/stack.ts";

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
  readonly stack: Stack;
}

const child = {
  name: "echo",
  command: commandLine("perl", join(import.meta.dirname, "echo-child.pl")),
  env: "TOKEN={token}",
};

/** Starts the whole system with a signed-in client, and the servers to compare with; `opened` ends them. */
export async function startTargets(opened: AsyncDisposableStack): Promise<Targets> {
  const dir = await mkdtemp(join(tmpdir(), "fjmcp-bench-"));
  opened.defer(() => rm(dir, { recursive: true, force: true }));
  const forgejo = await startSandboxForgejo();
  opened.defer(() => forgejo.close());
  const stack = await startStack({ forgejo: sandboxAccess(forgejo), child });
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
  const token = await signIn(stack.mcpUrl, forgejo.users[0]!);
  return {
    constant: await server("constant", "constant-server.ts"),
    floor: await server("floor", "floor-server.ts"),
    spawningFloor: await server("spawning-floor", "floor-server.ts", "spawn"),
    ours: { socketPath: stack.sockets.mcp, headers: { authorization: `Bearer ${token}` } },
    stack,
  };
}

async function signIn(mcpUrl: string, user: { name: string; password: string }): Promise<string> {
  const client = await ScriptedOAuthClient.register(mcpUrl);
  const attempt = client.authorize();
  const redirect = await new Person(user).signInAndAllow(attempt.url, { stopAt: client.redirectUri });
  const answer = await client.exchange(attempt, redirect.searchParams.get("code") ?? "");
  return String(answer.body["access_token"]);
}
