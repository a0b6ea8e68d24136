import t from "tap";
import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import { sandboxAccess } from "../../src/stack/sandbox-access.ts";
import { startSandboxForgejo } from "../../src/forgejo/sandbox-forgejo.ts";
import { connectMcpClient } from "../../src/mcp-client/connect-mcp-client.ts";
import { MemoryOAuthProvider } from "../../src/mcp-client/memory-oauth-provider.ts";
import { RecordingFetch } from "../../src/mcp-client/recording-fetch.ts";
import { ScriptedOAuthClient } from "../../src/oauth-client/scripted-oauth-client.ts";
import { ScriptedUser } from "../../src/scripted-user/scripted-user.ts";
import { startStack } from "../../src/stack/stack.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const stack = await startStack({ forgejo: sandboxAccess(forgejo) });
t.teardown(() => stack.close());
const alice = forgejo.users[0]!;
const redirectUrl = "http://127.0.0.1:33418/callback";

t.test("the SDK's client signs in by itself and calls a tool as the user", async (t) => {
  const recording = new RecordingFetch();
  const provider = new MemoryOAuthProvider({ redirectUrl, clientName: "Test client" });
  const user = new ScriptedUser(alice);
  const { client } = await connectMcpClient({
    mcpUrl: stack.mcpUrl,
    provider,
    recording,
    signIn: (url) => user.signInAndAllow(url, { stopAt: redirectUrl, toolsets }),
  });
  t.teardown(() => client.close());
  const result = await client.callTool({ name: "user__get_my_userinfo", arguments: {} });
  t.match(JSON.stringify(result.content), alice.name);
  t.equal(recording.count("initialize"), 1);
  t.match(
    recording.requests.map(({ method, path }) => `${method} ${path}`),
    ["POST /mcp", "GET /.well-known/oauth-protected-resource/mcp"],
  );
});

t.test("the SDK's client signs in by a URL that limits it, and gets no more than that", async (t) => {
  const recording = new RecordingFetch();
  const user = new ScriptedUser(alice);
  const query = "?toolsets=issues&readonly";
  const { client } = await connectMcpClient({
    mcpUrl: `${stack.mcpUrl}${query}`,
    provider: new MemoryOAuthProvider({ redirectUrl, clientName: "Limited client" }),
    recording,
    signIn: (url) => {
      t.equal(url.searchParams.get("resource"), `${stack.mcpUrl}${query}`);
      return user.signInAndAllow(url, { stopAt: redirectUrl, toolsets });
    },
  });
  t.teardown(() => client.close());
  const names = (await client.listTools()).tools.map(({ name }) => name);
  t.ok(names.includes("issue__list"));
  t.strictSame(
    names.filter((name) => !/^issue.*_(get|list|search)/.test(name)),
    [],
  );
  const create = { owner: alice.name, repo: "welcome", title: "Not written" };
  await t.rejects(client.callTool({ name: "issue__create", arguments: create }), { code: -32602 });
  const writes = forgejo.requests.filter(({ method, path }) => method !== "GET" && path.startsWith("/api/"));
  t.strictSame(writes, []);
});

t.test("the scripted OAuth client gets tokens, refreshes and revokes", async (t) => {
  const client = await ScriptedOAuthClient.register(stack.mcpUrl);
  const attempt = client.authorize();
  const user = new ScriptedUser(alice);
  const redirect = await user.signInAndAllow(attempt.url, { stopAt: client.redirectUri });
  t.equal(redirect.searchParams.get("state"), attempt.state);
  const tokens = await client.exchange(attempt, redirect.searchParams.get("code")!);
  t.equal(tokens.status, 200);
  const refreshed = await client.refresh(String(tokens.body.refresh_token));
  t.equal(refreshed.status, 200);
  t.equal((await client.revoke(String(refreshed.body.refresh_token))).status, 200);
  t.match(await client.refresh(String(refreshed.body.refresh_token)), {
    status: 400,
    body: { error: "invalid_grant" },
  });
  t.match(await client.token({ grant_type: ["a", "b"] }), { status: 400 });
});
