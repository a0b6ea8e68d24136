import { setTimeout as sleep } from "node:timers/promises";
import { fromJsonSchema, inputRequired, type McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { constantTools } from "./constant-tools.ts";
import { jsonSchema202012 } from "./json-schema-2020-12.ts";
import { textResult } from "./text-result.ts";

/** Between two notifications of one call, so that a client can see that they are not held back. */
const pauseMs = 50;
const inputSchema = z.object({});
const schemaWithHeader = {
  type: "object",
  properties: { region: { type: "string", "x-mcp-header": "Region" }, level: { type: "integer" } },
} as const;

/** Registers the suite's tools of all revisions at a server of SDK v2. */
export function registerModernTools(mcp: McpServer): void {
  for (const [name, { description, content }] of Object.entries(constantTools)) {
    mcp.registerTool(name, { description }, () => ({ content }));
  }
  mcp.registerTool("test_error_handling", { description: "Fails" }, () => {
    throw new Error("This tool intentionally returns an error for testing");
  });
  mcp.registerTool("test_logging_tool", { description: "Logs", inputSchema }, async (_, { mcpReq }) => {
    await mcpReq.log("info", "only where the request asked for logs");
    return textResult("logged");
  });
  mcp.registerTool(
    "test_tool_with_logging",
    { description: "Logs three times", inputSchema },
    async (_, { mcpReq }) => {
      for (const text of ["Tool execution started", "Tool processing data", "Tool execution completed"]) {
        await mcpReq.log("info", text);
        await sleep(pauseMs);
      }
      return textResult("Tool with logging executed successfully");
    },
  );
  mcp.registerTool(
    "test_tool_with_progress",
    { description: "Reports progress", inputSchema },
    async (_, { mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken;
      for (const progress of progressToken === undefined ? [] : [0, 50, 100]) {
        const params = { progressToken: progressToken!, progress, total: 100 };
        await mcpReq.notify({ method: "notifications/progress", params });
        await sleep(pauseMs);
      }
      return textResult(String(progressToken));
    },
  );
  mcp.registerTool(
    "test_missing_capability",
    { description: "Asks the client's model", inputSchema },
    (_, { mcpReq }) =>
      mcpReq.inputResponses?.response === undefined
        ? inputRequired({
            inputRequests: {
              response: inputRequired.createMessage({
                messages: [{ role: "user", content: { type: "text", text: "Reply with the word pong" } }],
                maxTokens: 16,
              }),
            },
          })
        : textResult("The model responded"),
  );
  mcp.registerTool("test_trigger_tool_change", { description: "Announces another list of tools" }, () => {
    mcp.sendToolListChanged();
    return textResult("announced");
  });
  mcp.registerTool("test_trigger_prompt_change", { description: "Announces another list of prompts" }, () => {
    mcp.sendPromptListChanged();
    return textResult("announced");
  });
  mcp.registerTool(
    "json_schema_2020_12_tool",
    { description: "Has a schema with most keywords", inputSchema: fromJsonSchema(jsonSchema202012) },
    (given) => textResult(JSON.stringify(given)),
  );
  mcp.registerTool(
    "test_x_mcp_header",
    {
      description: "Has an argument that a header repeats",
      inputSchema: fromJsonSchema<{ region?: string }>(schemaWithHeader),
    },
    ({ region }) => textResult(`region=${region}`),
  );
}
