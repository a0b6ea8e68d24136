import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import {
  LoggingMessageNotificationSchema,
  ResourceUpdatedNotificationSchema,
  type CallToolResult,
  type ClientCapabilities,
} from "@modelcontextprotocol/sdk/types.js";
import type { Test } from "tap";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import type { FixtureGrant } from "./grants.ts";
import { forwardToSocket } from "./loopback-forward.ts";
import type { RunningDaemon } from "./running-daemon.ts";

/** A client of the SDK with a session and its standalone stream. */
export interface SdkClient {
  readonly client: Client;
  readonly transport: StreamableHTTPClientTransport;
  /** `level data` of each log message. */
  readonly logs: string[];
  /** The URI of each updated resource. */
  readonly updates: string[];
  /** Calls a tool of sdk-child; resolves with what it returned. */
  // oxlint-disable-next-line typescript/no-explicit-any -- any result of a child
  readonly use: (tool: string, args?: Record<string, unknown>) => Promise<any>;
}

/** `prepare` registers handlers before the session is opened. */
export async function connectSdkClient(
  t: Test,
  daemon: RunningDaemon,
  grant: FixtureGrant,
  capabilities: ClientCapabilities = {},
  prepare: (client: Client) => void = () => undefined,
): Promise<SdkClient> {
  const client = new Client({ name: "sdk-client", version: "1.0.0" }, { capabilities });
  const logs: string[] = [];
  const updates: string[] = [];
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
    logs.push(`${params.level} ${String(params.data)}`);
  });
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
    updates.push(params.uri);
  });
  prepare(client);
  let isListening = false;
  const transport = new StreamableHTTPClientTransport(
    new URL("/mcp", await forwardToSocket(t, daemon.mcpSocket)),
    {
      requestInit: { headers: { authorization: `Bearer ${grant.token}` } },
      async fetch(url, init) {
        const response = await fetch(url, init);
        if (init?.method === "GET" && response.ok) isListening = true;
        return response;
      },
    },
  );
  await client.connect(transport);
  t.teardown(() => client.close());
  await waitUntil("the standalone stream should be open", () => isListening);
  return {
    client,
    transport,
    logs,
    updates,
    use: async (name, args = {}) => {
      const { content } = (await client.callTool({ name, arguments: args })) as CallToolResult;
      const [first] = content;
      return JSON.parse(first?.type === "text" ? first.text : "null");
    },
  };
}
