import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import t from "tap";
import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { upstreamTokenPath, upstreamTokenResponse } from "@fjmcp/shared/ipc/upstream-token";
import { forgejoMcp, forgejoMcpMissing, giteaMcp } from "@fjmcp/testkit/children/child-command";
import { sandboxAccess } from "@fjmcp/testkit/stack/sandbox-access";
import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { connectMcpClient } from "@fjmcp/testkit/mcp-client/connect-mcp-client";
import { MemoryOAuthProvider } from "@fjmcp/testkit/mcp-client/memory-oauth-provider";
import { RecordingFetch } from "@fjmcp/testkit/mcp-client/recording-fetch";
import { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { startStack } from "@fjmcp/testkit/stack/stack";
import { monitorCommands } from "@fjmcp/testkit/redis/command-monitor";

const redirectUrl = "http://127.0.0.1:33418/callback";
const prompt = "canary-in-an-argument";

for (const [name, child] of [
  ["gitea-mcp", giteaMcp()],
  ["forgejo-mcp", forgejoMcp()],
] as const) {
  const skip = child === undefined ? forgejoMcpMissing : false;
  t.test(
    `with ${name}, no secret of a whole flow reaches Redis in plaintext or a log`,
    { skip },
    async (t) => {
      const forgejo = await startSandboxForgejo();
      t.teardown(() => forgejo.close());
      const alice = forgejo.users[0]!;
      const stack = await startStack({
        forgejo: sandboxAccess(forgejo),
        child,
        authServer: { FJMCP_LOG_LEVEL: "debug" },
        sessionDaemon: { FJMCP_LOG_LEVEL: "debug" },
      });
      t.teardown(() => stack.close());
      const redis = new Redis(stack.redis.unrestricted);
      t.teardown(() => redis.disconnect());
      const monitor = await monitorCommands(redis);
      t.teardown(() => monitor.close());
      const heard = async () => (await monitor.commands()).map((command) => command.join(" ")).join("\n");

      const secrets = new Map([
        ["the client secret at Forgejo", stack.forgejo.clientSecret],
        ["the password", alice.password],
        ["an argument of a call", prompt],
      ]);
      const note = (name: string, value: string | null | undefined) => {
        if (!value) throw new Error(`${name} was not seen`);
        secrets.set(name, value);
      };

      const provider = new MemoryOAuthProvider({ redirectUrl, clientName: "secrets" });
      const user = new ScriptedUser(alice);
      const { client, transport } = await connectMcpClient({
        mcpUrl: stack.mcpUrl,
        provider,
        recording: new RecordingFetch(),
        signIn: async (authorizeUrl) => {
          note("the client's state", authorizeUrl.searchParams.get("state"));
          const back = await user.signInAndAllow(authorizeUrl, {
            stopAt: (url: URL) => url.pathname === "/oauth/callback",
            toolsets,
          });
          note("the code of Forgejo", back.searchParams.get("code"));
          note("the state at Forgejo", back.searchParams.get("state"));
          const cookies = await user.cookies.header(back, { crossSite: false, method: "GET" });
          for (const cookie of cookies.split("; "))
            note(`cookie ${cookie.split("=")[0]}`, cookie.split("=")[1]);
          const end = (await user.visit(back, { stopAt: redirectUrl })).externalRedirect!;
          note("the code", end.searchParams.get("code"));
          return end;
        },
      });
      t.teardown(() => client.close());
      note("the verifier", provider.codeVerifier());
      note("the session id", transport.sessionId);
      const { tools } = await client.listTools();
      t.ok(tools.length > 0);
      const create = tools.find(({ name }) => name === "issue__create" || name === "create_issue")!;
      await client.callTool({
        name: create.name,
        arguments: { owner: "alice", repo: "welcome", title: prompt },
      });
      await client
        .callTool({ name: create.name, arguments: { owner: "alice", repo: prompt, title: prompt } })
        .catch(() => {});

      const tokens = provider.tokens()!;
      note("the access token", tokens.access_token);
      note("the refresh token", tokens.refresh_token);
      const upstream = await callIpc({
        socketPath: stack.sockets.ipc,
        path: upstreamTokenPath,
        body: { accessToken: tokens.access_token },
        schema: upstreamTokenResponse,
        timeoutMs: 60_000,
      });
      if (upstream.status !== "ok") throw new Error(upstream.status);
      note("the access token of Forgejo", upstream.token);
      note("the head of every token of Forgejo", upstream.token.split(".")[0]);
      const form = { client_id: provider.clientInformation()!.client_id };
      const post = (path: string, fields: Record<string, string>) =>
        fetch(`${stack.issuer}${path}`, {
          method: "POST",
          body: new URLSearchParams({ ...form, ...fields }),
        });
      const refreshed = (await (
        await post("/oauth/token", { grant_type: "refresh_token", refresh_token: tokens.refresh_token! })
      ).json()) as Record<string, string>;
      note("the next access token", refreshed.access_token);
      note("the next refresh token", refreshed.refresh_token);
      await post("/oauth/revoke", { token: refreshed.refresh_token! });

      const found = (text: string) =>
        [...secrets].filter(([, secret]) => text.includes(secret)).map(([name]) => name);
      const commands = await heard();
      t.match(commands, /session:id:[0-9a-f]{64}/, "Redis did hear of the session");
      t.strictSame(found(commands), []);
      for (const part of [stack.authServer, stack.sessionDaemon]) {
        const log = readFileSync(part.logFile, "utf8");
        t.match(log, '"msg":"ready"');
        t.strictSame(found(log), []);
      }

      await redis.set("planted", transport.sessionId ?? "");
      t.strictSame(found(await heard()), ["the session id"], "a planted secret is found");
    },
  );
}
