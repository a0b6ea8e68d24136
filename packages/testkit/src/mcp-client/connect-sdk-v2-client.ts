import {
  Client,
  StreamableHTTPClientTransport,
  type VersionNegotiationMode,
} from "@modelcontextprotocol/client";

/**
 * Connects version 2 of the SDK's client, which speaks 2026-07-28 too, with an access token. `mode` is its way to find out
 * what the server speaks.
 */
export async function connectSdkV2Client(
  mcpUrl: URL,
  accessToken: string,
  mode: VersionNegotiationMode,
): Promise<Client> {
  const client = new Client({ name: "fjmcp-testkit", version: "1.0.0" }, { versionNegotiation: { mode } });
  await client.connect(
    new StreamableHTTPClientTransport(mcpUrl, {
      requestInit: { headers: { authorization: `Bearer ${accessToken}` } },
    }),
  );
  return client;
}
