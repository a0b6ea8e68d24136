#!/usr/bin/env node
import { McpServer, type LoggingLevel } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

const loose = z.looseObject({});

/**
 * A stdio MCP server of the official SDK that speaks 2026-07-28 alone, with a resource for a user interface. Its tools:
 *   greet    a text, with progress
 *   log      a log message of `level` with `data`, if the request's level lets it through
 *   touch    `resources/updated` for `uri`
 *   count    a list of numbers, as structured content that is no object
 *   exit     ends the process without a response
 */
serveStdio(
  () => {
    const server = new McpServer(
      { name: "sdk-stateless", version: "1.0.0" },
      { capabilities: { logging: {}, resources: { subscribe: true } } },
    );
    server.registerTool(
      "greet",
      { inputSchema: z.object({ name: z.string() }) },
      async ({ name }, context) => {
        const progressToken = context.mcpReq._meta?.progressToken;
        if (progressToken !== undefined) {
          await context.mcpReq.notify({
            method: "notifications/progress",
            params: { progressToken, progress: 1 },
          });
        }
        return { content: [{ type: "text", text: `Hello, ${name}` }] };
      },
    );
    server.registerTool("log", { inputSchema: loose }, async ({ level, data }, { mcpReq }) => {
      await mcpReq.log(level as LoggingLevel, data, "sdk");
      return { content: [{ type: "text", text: '"logged"' }] };
    });
    server.registerTool("touch", { inputSchema: loose }, async ({ uri }) => {
      await server.server.sendResourceUpdated({ uri: String(uri) });
      return { content: [{ type: "text", text: '"touched"' }] };
    });
    server.registerTool("count", { outputSchema: z.array(z.number()) }, () => ({
      content: [{ type: "text", text: "one, two" }],
      structuredContent: [1, 2],
    }));
    server.registerTool("exit", { inputSchema: loose }, () => process.exit(1));
    server.registerResource("page", "ui://page", { mimeType: "text/html;profile=mcp-app" }, async () => ({
      contents: [{ uri: "ui://page", mimeType: "text/html;profile=mcp-app", text: "<p>hello</p>" }],
    }));
    return server;
  },
  { legacy: "reject" },
);
