import { setTimeout as sleep } from "node:timers/promises";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { CreateMessageResultSchema, ElicitResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { constantTools } from "./constant-tools.ts";
import { elicitations, formWith } from "./elicitations.ts";
import { textResult } from "./text-result.ts";

/** Between two notifications of one call, so that a client can see that they are not held back. */
const pauseMs = 50;
const none = {};

/** Registers the suite's tools at a server of SDK v1. */
export function registerLegacyTools(mcp: McpServer): void {
  for (const [name, { description, content }] of Object.entries(constantTools)) {
    mcp.registerTool(name, { description }, () => ({ content }));
  }
  mcp.registerTool("test_error_handling", { description: "Fails" }, () => {
    throw new Error("This tool intentionally returns an error for testing");
  });
  for (const name of ["test_tool_with_logging", "test_logging_tool"]) {
    mcp.registerTool(name, { description: "Logs", inputSchema: none }, async (_, { sendNotification }) => {
      for (const data of ["Tool execution started", "Tool processing data", "Tool execution completed"]) {
        await sendNotification({ method: "notifications/message", params: { level: "info", data } });
        await sleep(pauseMs);
      }
      return textResult("Tool with logging executed successfully");
    });
  }
  mcp.registerTool(
    "test_tool_with_progress",
    { description: "Reports progress", inputSchema: none },
    async (_, { sendNotification, _meta }) => {
      const progressToken = _meta?.progressToken;
      for (const progress of progressToken === undefined ? [] : [0, 50, 100]) {
        const params = { progressToken: progressToken!, progress, total: 100 };
        await sendNotification({ method: "notifications/progress", params });
        await sleep(pauseMs);
      }
      return textResult(String(progressToken));
    },
  );
  registerClientRequests(mcp);
  mcp.registerTool("test_trigger_tool_change", { description: "Announces another list of tools" }, () => {
    mcp.sendToolListChanged();
    return textResult("announced");
  });
  mcp.registerTool("test_trigger_prompt_change", { description: "Announces another list of prompts" }, () => {
    mcp.sendPromptListChanged();
    return textResult("announced");
  });
}

/** The tools that ask the client: its model (sampling) or its user (elicitation). */
function registerClientRequests(mcp: McpServer): void {
  const sample = (prompt: string) => ({
    method: "sampling/createMessage" as const,
    params: {
      messages: [{ role: "user" as const, content: { type: "text" as const, text: prompt } }],
      maxTokens: 100,
    },
  });
  mcp.registerTool(
    "test_sampling",
    { description: "Asks the client's model", inputSchema: { prompt: z.string() } },
    async ({ prompt }, { sendRequest }) => {
      const { content } = await sendRequest(sample(prompt), CreateMessageResultSchema);
      return textResult(`LLM response: ${content.type === "text" ? content.text : content.type}`);
    },
  );
  mcp.registerTool(
    "test_missing_capability",
    { description: "Asks the client's model", inputSchema: none },
    async (_, { sendRequest }) => {
      await sendRequest(sample("Reply with the single word: pong"), CreateMessageResultSchema);
      return textResult("The model responded");
    },
  );
  mcp.registerTool(
    "test_elicitation",
    { description: "Asks the user", inputSchema: { message: z.string() } },
    async ({ message }, { sendRequest }) => {
      const params = { message, requestedSchema: formWith("response", "string") };
      const elicited = await sendRequest({ method: "elicitation/create", params }, ElicitResultSchema);
      return textResult(
        `User response: action=${elicited.action}, content=${JSON.stringify(elicited.content ?? {})}`,
      );
    },
  );
  for (const [name, { description, ...params }] of Object.entries(elicitations)) {
    mcp.registerTool(name, { description, inputSchema: none }, async (_, { sendRequest }) => {
      const elicited = await sendRequest({ method: "elicitation/create", params }, ElicitResultSchema);
      return textResult(
        `Elicitation completed: action=${elicited.action}, content=${JSON.stringify(elicited.content ?? {})}`,
      );
    });
  }
}
