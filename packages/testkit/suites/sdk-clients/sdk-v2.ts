import {
  Client,
  StreamableHTTPClientTransport,
  UnauthorizedError,
  type OAuthClientProvider,
  type VersionNegotiationMode,
} from "@modelcontextprotocol/client";
import { MemoryOAuthProvider } from "../../src/mcp-client/memory-oauth-provider.ts";
import type { StartClient } from "../../src/real-clients/client-driver.ts";
import { toolText } from "./tool-text.ts";

const redirectUrl = "http://127.0.0.1:33419/callback";

/** The client of SDK v2, in an application that signs in and repeats the request. */
export function sdkV2(mode: VersionNegotiationMode): StartClient {
  return async ({ mcpUrl, browser }) => {
    let authorizeUrl: URL | undefined;
    const provider = new MemoryOAuthProvider({
      redirectUrl,
      clientName: "SDK v2",
      openBrowser: (url) => void (authorizeUrl = url),
    }) as OAuthClientProvider;
    const newTransport = () => new StreamableHTTPClientTransport(new URL(mcpUrl), { authProvider: provider });
    const connect = async () => {
      const options = { versionNegotiation: { mode } };
      const client = new Client({ name: "sdk-v2", version: "1.0.0" }, options);
      await client.connect(newTransport());
      return client;
    };
    const signedIn = async <T>(request: () => Promise<T>): Promise<T> => {
      try {
        return await request();
      } catch (error) {
        if (!(error instanceof UnauthorizedError)) throw error;
        await newTransport().finishAuth((await browser.signIn(authorizeUrl!)).searchParams);
        return request();
      }
    };
    let client = await signedIn(connect);
    return {
      listTools: () => signedIn(async () => (await client.listTools()).tools.map(({ name }) => name)),
      callTool: (name, given) =>
        signedIn(async () => toolText(await client.callTool({ name, arguments: given }))),
      async restart() {
        await client.close();
        client = await signedIn(connect);
      },
      close: () => client.close(),
    };
  };
}
