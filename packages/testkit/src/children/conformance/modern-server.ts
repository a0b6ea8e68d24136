import { createRequestStateCodec, McpServer, ResourceTemplate } from "@modelcontextprotocol/server";
import { z } from "zod";
import { registerInputPrompt, registerInputTools } from "./input-required-tools.ts";
import { registerModernTools } from "./modern-tools.ts";
import { promptResult, prompts } from "./prompts.ts";
import { resources, templateContents, templateUri } from "./resources.ts";

// Each round of a request may run in another process of this server: they share the key.
const requestState = createRequestStateCodec<Record<string, unknown>>({
  key: new TextEncoder().encode("the key of a test server, 32 bytes and more"),
});

/** The server that the official conformance suite expects, on SDK v2; one per connection. */
export function modernServer(): McpServer {
  const mcp = new McpServer(
    { name: "conformance-modern-child", version: "1.0.0" },
    {
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: { listChanged: true },
        completions: {},
        logging: {},
      },
      requestState: { verify: (state, context) => requestState.verify(state, context) },
    },
  );
  registerModernTools(mcp);
  registerInputTools(mcp, (content) => requestState.mint(content));
  registerInputPrompt(mcp);
  for (const [uri, content] of Object.entries(resources)) {
    const { mimeType } = content;
    mcp.registerResource(new URL(uri).hostname, uri, { mimeType }, () => ({
      contents: [{ uri, ...content }],
    }));
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
      const argsSchema = z.object(
        Object.fromEntries(prompt.arguments.map((argument) => [argument, z.string()])),
      );
      mcp.registerPrompt(name, { description, argsSchema }, (given) => promptResult(prompt, given));
    }
  }
  mcp.server.setRequestHandler("completion/complete", () => ({
    completion: { values: [], total: 0, hasMore: false },
  }));
  return mcp;
}
