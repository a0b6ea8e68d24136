import { grantRef } from "@fjmcp/shared/grant-ref";
import type { GrantId } from "@fjmcp/shared/ids";
import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import { version } from "@fjmcp/shared/version";
import { readFileSync } from "node:fs";
import t, { type Test } from "tap";
import {
  childCommand,
  forgejoMcp,
  forgejoMcpMissing,
  type ChildConfiguration,
} from "../../src/children/child-command.ts";
import { startSandboxForgejo } from "../../src/forgejo/sandbox-forgejo.ts";
import { connectMcpClient } from "../../src/mcp-client/connect-mcp-client.ts";
import { MemoryOAuthProvider } from "../../src/mcp-client/memory-oauth-provider.ts";
import { RecordingFetch } from "../../src/mcp-client/recording-fetch.ts";
import { ScriptedUser } from "../../src/scripted-user/scripted-user.ts";
import { sandboxAccess } from "../../src/stack/sandbox-access.ts";
import { startStack } from "../../src/stack/stack.ts";

/** A child that sends its User-Agent as forgejo-mcp does. */
const stub: ChildConfiguration = {
  name: "stub",
  command: `${childCommand("forgejo")} --url {url}`,
  env: "FORGEJO_ACCESS_TOKEN={token} FORGEJO_USER_AGENT={user_agent}",
};

/** The User-Agents that Forgejo saw of calls of `tool` by a client of each name, and the grants they belong to. */
async function userAgentsOf(
  t: Test,
  child: ChildConfiguration,
  tool: string,
  clientNames: readonly string[],
) {
  const forgejo = await startSandboxForgejo();
  t.teardown(() => forgejo.close());
  const stack = await startStack({ forgejo: sandboxAccess(forgejo), child });
  t.teardown(() => stack.close());
  const redirectUrl = "http://127.0.0.1:33418/callback";
  const user = new ScriptedUser(forgejo.users[0]!);
  const seen: (string | undefined)[] = [];
  for (const clientName of clientNames) {
    const { client } = await connectMcpClient({
      mcpUrl: stack.mcpUrl,
      provider: new MemoryOAuthProvider({ redirectUrl, clientName }),
      recording: new RecordingFetch(),
      signIn: (url) => user.signInAndAllow(url, { stopAt: redirectUrl, toolsets }),
    });
    t.teardown(() => client.close());
    forgejo.requests.length = 0;
    await client.callTool({ name: tool, arguments: {} });
    seen.push(forgejo.requests.findLast(({ path }) => path === "/api/v1/user")?.userAgent);
  }
  const logged = readFileSync(stack.authServer.logFile, "utf8");
  const grants = [
    ...logged.matchAll(/"event":"login\.completed".*?"grantId":"([^"]+)".*?"grantRef":"(\w+)"/g),
  ];
  return { seen, grants: grants.map(([, grantId, ref]) => ({ grantId: grantId as GrantId, ref })) };
}

t.test("Forgejo sees which client and which grant a request comes from", async (t) => {
  const names = ["Claude Code (forgejo)", 'Évil); grant 000000000000 <"\\\n', "日本"];
  const { seen, grants } = await userAgentsOf(t, stub, "who_am_i", names);
  t.equal(grants.length, names.length);
  for (const { grantId, ref } of grants) t.equal(ref, grantRef(grantId), "the log names the reference");
  t.same(
    seen,
    ["Claude Code forgejo", "Evil grant 000000000000", "unnamed client"].map(
      (name, index) => `fjmcp/${version} (${name}; grant ${grants[index]!.ref})`,
    ),
  );
});

const real = forgejoMcp();
t.test(
  "forgejo-mcp passes the User-Agent on",
  { skip: real === undefined && forgejoMcpMissing },
  async (t) => {
    const { seen, grants } = await userAgentsOf(t, real!, "get_my_user_info", ["Claude Code"]);
    t.same(seen, [`fjmcp/${version} (Claude Code; grant ${grants[0]!.ref})`]);
  },
);
