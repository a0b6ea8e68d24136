import { join } from "node:path";
import t from "tap";
import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import { controlPaths, healthResponse } from "@fjmcp/shared/ipc/control";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { sandboxAccess } from "@fjmcp/testkit/stack/sandbox-access";
import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { connectMcpClient } from "@fjmcp/testkit/mcp-client/connect-mcp-client";
import { MemoryOAuthProvider } from "@fjmcp/testkit/mcp-client/memory-oauth-provider";
import { RecordingFetch } from "@fjmcp/testkit/mcp-client/recording-fetch";
import { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { freePort } from "@fjmcp/testkit/process/free-port";
import { startProcess } from "@fjmcp/testkit/process/managed-process";
import { projectRoot } from "@fjmcp/testkit/process/project-root";
import { startStack } from "@fjmcp/testkit/stack/stack";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";

const caddy = findExecutable("caddy");

t.test(
  "a client signs in and calls tools through Caddy",
  { skip: caddy === undefined ? "no caddy on PATH" : false },
  async (t) => {
    const forgejo = await startSandboxForgejo();
    t.teardown(() => forgejo.close());
    const listen = `127.0.0.1:${await freePort()}`;
    const issuer = `http://127.0.0.1:${await freePort()}`;
    const stack = await startStack({ issuer, listen, forgejo: sandboxAccess(forgejo) });
    t.teardown(() => stack.close());
    const dir = temporaryDirectory(t);
    const proxy = await startProcess({
      name: "caddy",
      command: caddy!,
      arguments: ["run", "--config", join(projectRoot, "deploy/proxy/Caddyfile")],
      env: {
        HOME: dir,
        CADDY_ADMIN: `unix/${join(dir, "admin.sock")}`,
        FJMCP_HOST: issuer,
        FJMCP_MCP_UPSTREAM: `unix/${stack.sockets.mcp}`,
        FJMCP_AUTH_UPSTREAM: listen,
      },
      logFile: join(dir, "caddy.log"),
      isReady: async () => (await fetch(issuer)).ok,
    });
    t.teardown(() => proxy.end());

    const redirectUrl = "http://127.0.0.1:33418/callback";
    const user = new ScriptedUser(forgejo.users[0]!);
    const provider = new MemoryOAuthProvider({ redirectUrl, clientName: "Proxied client" });
    const { client, transport } = await connectMcpClient({
      mcpUrl: stack.mcpUrl,
      provider,
      recording: new RecordingFetch(),
      signIn: (url) => user.signInAndAllow(url, { stopAt: redirectUrl, toolsets }),
    });
    t.teardown(() => client.close());

    const withSlash = await connectMcpClient({
      mcpUrl: `${stack.mcpUrl}/`,
      provider: new MemoryOAuthProvider({ redirectUrl, clientName: "Client that knows a slash" }),
      recording: new RecordingFetch(),
      signIn: (url) => user.signInAndAllow(url, { stopAt: redirectUrl, toolsets }),
    });
    t.teardown(() => withSlash.client.close());

    const whoAmI = () => client.callTool({ name: "user__get_my_userinfo", arguments: {} });
    t.match(JSON.stringify(await whoAmI()), forgejo.users[0]!.name);

    const streams = async () => (await health(stack.sockets.control)).streams;
    await waitUntil("the client's event stream should be open", async () => (await streams()) === 2);
    const leaving = new AbortController();
    const headers = {
      accept: "text/event-stream",
      authorization: `Bearer ${provider.tokens()!.access_token}`,
      "mcp-session-id": transport.sessionId!,
    };
    t.equal((await fetch(stack.mcpUrl, { headers, signal: leaving.signal })).status, 200);
    t.equal(await streams(), 3);
    leaving.abort();
    await waitUntil("a disconnect should be passed on", async () => (await streams()) === 2);

    await stack.authServer.kill("SIGSTOP");
    t.match(
      JSON.stringify(await withSlash.client.callTool({ name: "user__get_my_userinfo", arguments: {} })),
      forgejo.users[0]!.name,
      "/mcp/ goes straight to the session-daemon, too",
    );
    t.match(
      JSON.stringify(await whoAmI()),
      forgejo.users[0]!.name,
      "MCP goes on while the auth-server does not",
    );
    await stack.authServer.kill("SIGCONT");

    await stack.sessionDaemon.kill("SIGKILL");
    await waitUntil(
      "the session-daemon should be back",
      async () => (await health(stack.sockets.control)).status === "ok",
    );
    t.match(
      JSON.stringify(await whoAmI()),
      forgejo.users[0]!.name,
      "the session outlives the session-daemon",
    );
  },
);

function health(socketPath: string) {
  return callIpc({ socketPath, path: controlPaths.health, schema: healthResponse, timeoutMs: 60_000 });
}
