import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { MemoryOAuthProvider } from "./memory-oauth-provider.ts";
import type { RecordingFetch } from "./recording-fetch.ts";

export interface ConnectedMcpClient {
  readonly client: Client;
  readonly transport: StreamableHTTPClientTransport;
}

/**
 * Connects the real SDK client to `mcpUrl`, as a desktop client does: when it must authorize, `signIn` walks the user
 * through the authorize URL and resolves with the redirect to the client, which then connects again with the code.
 */
export async function connectMcpClient(options: {
  mcpUrl: string;
  provider: MemoryOAuthProvider;
  recording: RecordingFetch;
  signIn?: (authorizeUrl: URL) => Promise<URL>;
  client?: Client;
}): Promise<ConnectedMcpClient> {
  const client = options.client ?? new Client({ name: "fjmcp-testkit", version: "1.0.0" });
  const first = newTransport(options);
  let authorizeUrl: URL | undefined;
  options.provider.openBrowser = (url) => void (authorizeUrl = url);
  try {
    await client.connect(first);
    return { client, transport: first };
  } catch (error) {
    if (!(error instanceof UnauthorizedError) || authorizeUrl === undefined || options.signIn === undefined)
      throw error;
  }
  const redirect = await options.signIn(authorizeUrl);
  const code = redirect.searchParams.get("code");
  if (code === null)
    throw new Error(`The redirect has no code; its error: ${redirect.searchParams.get("error") ?? "none"}`);
  await first.finishAuth(code);
  const transport = newTransport(options);
  await client.connect(transport);
  return { client, transport };
}

function newTransport(options: { mcpUrl: string; provider: MemoryOAuthProvider; recording: RecordingFetch }) {
  return new StreamableHTTPClientTransport(new URL(options.mcpUrl), {
    authProvider: options.provider,
    fetch: options.recording.fetch,
  });
}
