#!/usr/bin/env node
import { McpServer, ResourceTemplate } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { SubscribeRequestSchema, UnsubscribeRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { CompleteRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { registerLegacyTools } from "./legacy-tools.ts";
import { promptResult, prompts } from "./prompts.ts";
import { resources, templateContents, templateUri } from "./resources.ts";

// The server that the official conformance suite expects, on SDK v1: revision 2025-11-25 and older, over stdio.

const mcp = new McpServer(
  { name: "conformance-legacy-child", version: "1.0.0" },
  {
    capabilities: {
      tools: { listChanged: true },
      resources: { subscribe: true, listChanged: true },
      prompts: { listChanged: true },
      logging: {},
      completions: {},
    },
  },
);
registerLegacyTools(mcp);
for (const [uri, content] of Object.entries(resources)) {
  const { mimeType } = content;
  mcp.registerResource(new URL(uri).hostname, uri, { mimeType }, () => ({ contents: [{ uri, ...content }] }));
}
mcp.registerResource(
  "template",
  new ResourceTemplate(templateUri, { list: undefined }),
  { mimeType: "application/json" },
  (uri, { id }) => templateContents(uri, id),
);
for (const [name, prompt] of Object.entries(prompts)) {
  const { description } = prompt;
  if (prompt.arguments.length === 0) {
    mcp.registerPrompt(name, { description }, () => promptResult(prompt, {}));
  } else {
    const argsSchema = Object.fromEntries(prompt.arguments.map((argument) => [argument, z.string()]));
    mcp.registerPrompt(name, { description, argsSchema }, (given) => promptResult(prompt, given));
  }
}
mcp.server.setRequestHandler(SubscribeRequestSchema, () => ({}));
mcp.server.setRequestHandler(UnsubscribeRequestSchema, () => ({}));
mcp.server.setRequestHandler(CompleteRequestSchema, () => ({
  completion: { values: [], total: 0, hasMore: false },
}));
await mcp.connect(new StdioServerTransport());
