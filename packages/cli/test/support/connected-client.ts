import type { Test } from "tap";
import { connectMcpClient } from "@fjmcp/testkit/mcp-client/connect-mcp-client";
import { MemoryOAuthProvider } from "@fjmcp/testkit/mcp-client/memory-oauth-provider";
import { RecordingFetch } from "@fjmcp/testkit/mcp-client/recording-fetch";
import { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";

/** A signed-in client with a worker. */
export async function connectedClient(
  t: Test,
  mcpUrl: string,
  user: ConstructorParameters<typeof ScriptedUser>[0],
  clientName: string,
) {
  const redirectUrl = "http://127.0.0.1:33418/callback";
  const { client } = await connectMcpClient({
    mcpUrl,
    provider: new MemoryOAuthProvider({ redirectUrl, clientName }),
    recording: new RecordingFetch(),
    signIn: (url) => new ScriptedUser(user).signInAndAllow(url, { stopAt: redirectUrl }),
  });
  t.teardown(() => client.close());
  const whoAmI = () => client.callTool({ name: "user__get_my_userinfo", arguments: {} });
  await whoAmI();
  return { whoAmI };
}
