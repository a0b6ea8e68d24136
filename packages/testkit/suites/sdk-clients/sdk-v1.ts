import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { MemoryOAuthProvider } from "../../src/mcp-client/memory-oauth-provider.ts";
import type { ClientDriver, ClientPlace } from "../../src/real-clients/client-driver.ts";
import { toolText } from "./tool-text.ts";

const redirectUrl = "http://127.0.0.1:33418/callback";

/** The client of SDK v1, in an application that does what its documentation says: it signs in and repeats the request. */
export async function startSdkV1({ mcpUrl, browser }: ClientPlace): Promise<ClientDriver> {
  let authorizeUrl: URL | undefined;
  const provider = new MemoryOAuthProvider({
    redirectUrl,
    clientName: "SDK v1",
    openBrowser: (url) => void (authorizeUrl = url),
  });
  const connect = async () => {
    const transport = new StreamableHTTPClientTransport(new URL(mcpUrl), { authProvider: provider });
    const client = new Client({ name: "sdk-v1", version: "1.0.0" });
    await client.connect(transport);
    return { client, transport };
  };
  const signIn = async () => {
    const transport = new StreamableHTTPClientTransport(new URL(mcpUrl), { authProvider: provider });
    await transport.finishAuth((await browser.signIn(authorizeUrl!)).searchParams.get("code")!);
  };
  const signedIn = async <T>(request: () => Promise<T>): Promise<T> => {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error;
      await signIn();
      return request();
    }
  };
  let connected = await signedIn(connect);
  return {
    listTools: () => signedIn(async () => (await connected.client.listTools()).tools.map(({ name }) => name)),
    callTool: (name, given) =>
      signedIn(async () => toolText(await connected.client.callTool({ name, arguments: given }))),
    async restart() {
      await connected.client.close();
      connected = await signedIn(connect);
    },
    close: () => connected.client.close(),
  };
}
