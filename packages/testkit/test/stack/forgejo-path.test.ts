import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import t, { type Test } from "tap";
import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import { childCommand } from "../../src/children/child-command.ts";
import { startSandboxForgejo } from "../../src/forgejo/sandbox-forgejo.ts";
import { connectMcpClient } from "../../src/mcp-client/connect-mcp-client.ts";
import { MemoryOAuthProvider } from "../../src/mcp-client/memory-oauth-provider.ts";
import { RecordingFetch } from "../../src/mcp-client/recording-fetch.ts";
import { ScriptedUser } from "../../src/scripted-user/scripted-user.ts";
import { sandboxAccess } from "../../src/stack/sandbox-access.ts";
import { startStack } from "../../src/stack/stack.ts";

const path = "/git";

/** A proxy that serves this site below `path`, as one does for a Forgejo whose `ROOT_URL` has a path. Resolves with its URL. */
async function serveBelowPath(t: Test, site: string): Promise<string> {
  const proxy = createServer((req, res) => {
    if (!req.url!.startsWith(`${path}/`)) return void res.writeHead(404).end();
    const { method, headers } = req;
    const upstream = request(site + req.url!.slice(path.length), { method, headers }, async (incoming) => {
      const { location, "content-length": _, ...others } = incoming.headers;
      const isPage = incoming.headers["content-type"]?.startsWith("text/html") === true;
      const body = await text(incoming);
      res.writeHead(incoming.statusCode!, {
        ...others,
        ...(location !== undefined && { location: location.replace(/^\//, `${path}/`) }),
      });
      res.end(isPage ? body.replaceAll(/((?:href|action)=")\//g, `$1${path}/`) : body);
    });
    req.pipe(upstream);
    return undefined;
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  t.teardown(() => {
    proxy.close();
    proxy.closeAllConnections();
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${path}`;
}

t.test("a user of a Forgejo below a path signs in and calls a tool", async (t) => {
  const forgejo = await startSandboxForgejo();
  t.teardown(() => forgejo.close());
  const url = await serveBelowPath(t, forgejo.url);
  const access = sandboxAccess(forgejo);
  const stack = await startStack({
    forgejo: async (redirectUri) => ({ ...(await access(redirectUri)), url }),
    child: {
      name: "stub",
      command: `${childCommand("forgejo")} --url {url}`,
      env: "FORGEJO_ACCESS_TOKEN={token}",
    },
  });
  t.teardown(() => stack.close());
  const redirectUrl = "http://127.0.0.1:33418/callback";
  const user = new ScriptedUser(forgejo.users[0]!);
  const { client } = await connectMcpClient({
    mcpUrl: stack.mcpUrl,
    provider: new MemoryOAuthProvider({ redirectUrl, clientName: "client" }),
    recording: new RecordingFetch(),
    signIn: (authorizationUrl) => user.signInAndAllow(authorizationUrl, { stopAt: redirectUrl, toolsets }),
  });
  t.teardown(() => client.close());
  const result = await client.callTool({ name: "who_am_i", arguments: {} });
  t.match(JSON.stringify(result), forgejo.users[0]!.name);
});
