import { Redis } from "ioredis";
import t, { type Test } from "tap";
import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import { childCommand } from "../../src/children/child-command.ts";
import { startSandboxForgejo } from "../../src/forgejo/sandbox-forgejo.ts";
import { connectMcpClient } from "../../src/mcp-client/connect-mcp-client.ts";
import { MemoryOAuthProvider } from "../../src/mcp-client/memory-oauth-provider.ts";
import { RecordingFetch } from "../../src/mcp-client/recording-fetch.ts";
import { ScriptedOAuthClient } from "../../src/oauth-client/scripted-oauth-client.ts";
import { ScriptedUser } from "../../src/scripted-user/scripted-user.ts";
import { sandboxAccess } from "../../src/stack/sandbox-access.ts";
import { startStack } from "../../src/stack/stack.ts";

const tenYearsSec = 10 * 365 * 86_400;
const redirectUrl = "http://127.0.0.1:33418/callback";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const stack = await startStack({
  forgejo: sandboxAccess(forgejo),
  child: { name: "echo", command: childCommand("echo"), env: "TOKEN={token}" },
});
t.teardown(() => stack.close());
const redis = new Redis(stack.redis.unrestricted);
t.teardown(() => redis.disconnect());

/** The kinds of keys seen so far; each key has an expiry. */
const kinds = new Set<string>();
async function checkKeys(t: Test, moment: string): Promise<void> {
  for (const key of await redis.keys("*")) {
    const ttl = await redis.ttl(key);
    // -2: it expired meanwhile; 0: it does within half a second.
    if (ttl !== -2) t.ok(ttl >= 0 && ttl <= tenYearsSec, `${moment}: ${key} expires in ${ttl} s`);
    kinds.add(key.replace(/:(?!access|refresh|code|id|of|accounts).*$/, ""));
  }
}

t.test("every key of both daemons has an expiry at every moment of a connection's life", async (t) => {
  const user = new ScriptedUser(forgejo.users[0]!);
  const abandoned = await ScriptedOAuthClient.register(stack.mcpUrl);
  await fetch(abandoned.authorize().url, { redirect: "manual" });
  await checkKeys(t, "an authorization request that no user follows");

  const { client } = await connectMcpClient({
    mcpUrl: stack.mcpUrl,
    provider: new MemoryOAuthProvider({ redirectUrl, clientName: "Test client" }),
    recording: new RecordingFetch(),
    signIn: (url) => user.signInAndAllow(url, { stopAt: redirectUrl, toolsets }),
  });
  t.teardown(() => client.close());
  await checkKeys(t, "a session");

  const oauth = await ScriptedOAuthClient.register(stack.mcpUrl);
  const attempt = oauth.authorize();
  const redirect = await user.signInAndAllow(attempt.url, { stopAt: oauth.redirectUri });
  await checkKeys(t, "a code that is not redeemed yet");
  const code = redirect.searchParams.get("code")!;
  const first = await oauth.exchange(attempt, code);
  await oauth.exchange(attempt, code);
  await checkKeys(t, "a code that was submitted twice");
  const second = await oauth.refresh(String(first.body.refresh_token));
  await oauth.refresh(String(first.body.refresh_token));
  await oauth.refresh(String(second.body.refresh_token));
  await checkKeys(t, "rotations and a repeat");
  await oauth.revoke(String(second.body.access_token));
  await checkKeys(t, "a revocation");
  forgejo.controls.revokeGrant(forgejo.users[0]!.name, stack.forgejo.clientId);
  await client.close();
  await checkKeys(t, "the end of the session");
  t.ok(kinds.size > 12, [...kinds].join(" "));
});
