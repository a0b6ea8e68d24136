import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { requestChild } from "./child-request.ts";
import type { Worker } from "../child/worker.ts";

const listing = z.object({ listChanged: z.boolean().optional() });

/** What a child may say; members that are not bridged are dropped by not being named here. */
const initializeResult = z.object({
  protocolVersion: z.string(),
  capabilities: z.object({
    tools: listing.optional(),
    resources: listing.optional(),
    prompts: listing.optional(),
    completions: z.looseObject({}).optional(),
  }),
  // forgejo-mcp leaves the version out, and clients insist on one.
  serverInfo: z.looseObject({ name: z.string(), version: z.string().default("unknown") }),
  instructions: z.string().optional(),
});

/**
 * The MCP handshake, with the broker as the client (2025-11-25, no capabilities). Resolves with the child's result
 * less what is not bridged: logging, tasks, subscriptions, experimental. Rejects with CallError, ChildErrorResponse or
 * ZodError.
 */
export async function initializeChild(worker: Worker): Promise<InitializeResult> {
  const answer = await requestChild(
    worker,
    "initialize",
    {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "fjmcp", version: "0.1.0" },
    },
    // The whole start has a timeout of its own.
    Infinity,
  );
  const result = initializeResult.parse(answer);
  worker.notify("notifications/initialized");
  return result;
}
