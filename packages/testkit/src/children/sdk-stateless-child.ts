#!/usr/bin/env node
import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

/**
 * A stdio MCP server of the official SDK that speaks 2026-07-28 alone: the tool `greet`, with progress, and a resource for a
 * user interface.
 */
serveStdio(
  () => {
    const server = new McpServer({ name: "sdk-stateless", version: "1.0.0" });
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
    server.registerResource("page", "ui://page", { mimeType: "text/html;profile=mcp-app" }, async () => ({
      contents: [{ uri: "ui://page", mimeType: "text/html;profile=mcp-app", text: "<p>hello</p>" }],
    }));
    return server;
  },
  { legacy: "reject" },
);
