import { fileURLToPath } from "node:url";
import { commandLine } from "../../src/children/child-command.ts";
import { startSandboxForgejo } from "../../src/forgejo/sandbox-forgejo.ts";
import { ScriptedOAuthClient } from "../../src/oauth-client/scripted-oauth-client.ts";
import { ScriptedUser } from "../../src/scripted-user/scripted-user.ts";
import { sandboxAccess } from "../../src/stack/sandbox-access.ts";
import { startStack, type Stack } from "../../src/stack/stack.ts";
import { startAuthorizingProxy } from "./authorizing-proxy.ts";

/** Both daemons with a child of the conformance suite, and a user who has signed in. */
export interface ConformanceStack {
  readonly stack: Stack;
  /** The MCP endpoint, behind a proxy that adds the user's access token. */
  readonly authorizedUrl: string;
  close(): Promise<void>;
}

/** `child` is a file of src/children/conformance. */
export async function startConformanceStack(
  child: "legacy-child" | "modern-child",
  sessionDaemon: Readonly<Record<string, string>> = {},
): Promise<ConformanceStack> {
  await using opened = new AsyncDisposableStack();
  const forgejo = await startSandboxForgejo();
  opened.defer(() => forgejo.close());
  const file = fileURLToPath(new URL(`../../src/children/conformance/${child}.ts`, import.meta.url));
  const stack = await startStack({
    forgejo: sandboxAccess(forgejo),
    child: { name: child, command: commandLine(process.execPath, file), env: "TOKEN={token}" },
    sessionDaemon,
  });
  opened.defer(() => stack.close());
  const { hostname: host, port } = new URL(stack.issuer);
  const accessToken = await signIn(stack.mcpUrl, new ScriptedUser(forgejo.users[0]!));
  const proxy = await startAuthorizingProxy({ host, port: Number(port) }, accessToken);
  opened.defer(() => proxy.close());
  const closing = opened.move();
  return {
    stack,
    authorizedUrl: `http://127.0.0.1:${proxy.port}/mcp`,
    close: () => closing.disposeAsync(),
  };
}

/** No table of tools knows those of the suite. */
const toolsets = ["other"];

async function signIn(mcpUrl: string, user: ScriptedUser): Promise<string> {
  const client = await ScriptedOAuthClient.register(mcpUrl);
  const attempt = client.authorize();
  const redirect = await user.signInAndAllow(attempt.url, { stopAt: client.redirectUri, toolsets });
  const tokens = await client.exchange(attempt, redirect.searchParams.get("code")!);
  if (tokens.status !== 200) throw new Error(`The code was not redeemed: ${tokens.text}`);
  return String(tokens.body.access_token);
}
