#!/usr/bin/env node
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import {
  ListRootsResultSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
  type LoggingLevel,
} from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";

/**
 * A stdio MCP server on the SDK, for what a stub would only imitate: log messages, subscriptions, and requests to its
 * client. Its tools:
 *   log      a log message of `level` with `data`, if the client's level lets it through
 *   touch    `resources/updated` for `uri`, if the client has subscribed to it
 *   state    pid, subscriptions, and what it knows of its client
 *   sample, elicit, roots  a request of that kind to the client; returns the result, or the error's code and message
 *   complete `notifications/elicitation/complete` with `elicitationId`
 *   exit     ends the process without a response
 * Whether a client may use its requests is left to the client: none is checked here.
 */
const mcp = new McpServer(
  { name: "sdk-child", version: "1.0.0" },
  { capabilities: { logging: {}, resources: { subscribe: true }, tools: {} } },
);
const { server } = mcp;
const subscribed = new Set<string>();
const replies: unknown[] = [];

mcp.registerResource("one", "sdk://one", {}, () => ({ contents: [{ uri: "sdk://one", text: "one" }] }));
server.setRequestHandler(SubscribeRequestSchema, ({ params: { uri } }) => {
  if (!uri.startsWith("sdk://")) throw new Error("There is no such resource.");
  subscribed.add(uri);
  return {};
});
server.setRequestHandler(UnsubscribeRequestSchema, ({ params: { uri } }) => {
  subscribed.delete(uri);
  return {};
});

tool("log", async ({ level, data }) => {
  await mcp.sendLoggingMessage({ level: level as LoggingLevel, logger: "sdk", data });
  return "logged";
});
tool("touch", async ({ uri }) => {
  const isSubscribed = subscribed.has(String(uri));
  if (isSubscribed) await server.sendResourceUpdated({ uri: String(uri) });
  return { isSubscribed };
});
tool("state", () => ({
  pid: process.pid,
  subscribed: [...subscribed],
  client: server.getClientVersion(),
  capabilities: server.getClientCapabilities(),
  replies,
}));
tool("sample", ({ text, ...more }) =>
  ask("sampling/createMessage", {
    messages: [{ role: "user", content: { type: "text", text } }],
    maxTokens: 10,
    ...more,
  }),
);
tool("elicit", ({ message }) =>
  ask("elicitation/create", {
    message,
    requestedSchema: { type: "object", properties: { name: { type: "string" } } },
  }),
);
tool("roots", () =>
  server.request({ method: "roots/list" }, ListRootsResultSchema).then(({ roots }) => roots, failure),
);
tool("complete", async ({ elicitationId }) => {
  const method = "notifications/elicitation/complete" as const;
  await server.notification({ method, params: { elicitationId: String(elicitationId) } });
  return "completed";
});
tool("exit", () => process.exit(1));

await mcp.connect(new StdioServerTransport());

function tool(name: string, run: (given: Record<string, unknown>) => unknown): void {
  mcp.registerTool(name, { inputSchema: z.looseObject({}) }, async (given) => {
    const output = await run(given);
    return { content: [{ type: "text" as const, text: JSON.stringify(output) }] };
  });
}

/** A request to the client, whatever its capabilities are. */
function ask(method: string, params: Record<string, unknown>): Promise<unknown> {
  const request = { method, params } as Parameters<typeof server.request>[0];
  return server.request(request, z.looseObject({})).catch(failure);
}

function failure(error: { code?: number; message: string }) {
  const outcome = { code: error.code, message: error.message };
  replies.push(outcome);
  return outcome;
}
