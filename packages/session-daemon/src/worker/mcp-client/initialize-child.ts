import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import { version } from "@fjmcp/shared/version";
import { z } from "zod";
import { protocolVersions } from "../../protocol-versions.ts";
import { requestChild } from "./child-request.ts";
import type { Worker } from "../child/worker.ts";

const listing = z.object({ listChanged: z.boolean().optional() });
/** Its state is that of a process, which several clients share. */
const tasksExtension = "io.modelcontextprotocol/tasks";

/** A child's capabilities without those that are not forwarded, which are dropped because they are not named here. */
export const forwardedCapabilities = z.object({
  // The list that a client sees also changes with what its access allows.
  tools: listing.optional().transform((tools) => tools && { ...tools, listChanged: true }),
  resources: listing.optional(),
  prompts: listing.optional(),
  completions: z.looseObject({}).optional(),
  extensions: z
    .record(z.string(), z.looseObject({}))
    .transform((extensions) =>
      Object.fromEntries(Object.entries(extensions).filter(([name]) => name !== tasksExtension)),
    )
    .optional(),
});

// forgejo-mcp omits the version, and clients require one.
export const serverInfo = z.looseObject({ name: z.string(), version: z.string().default("unknown") });

const initializeResult = z.object({
  protocolVersion: z.string(),
  capabilities: forwardedCapabilities,
  serverInfo,
  instructions: z.string().optional(),
});

/**
 * The MCP handshake of revisions with sessions, with the broker as a client without capabilities. Resolves with the child's
 * result without the capabilities that are not forwarded: logging, tasks, subscriptions, experimental. Rejects with
 * CallError, ChildErrorResponse or ZodError.
 */
export async function initializeChild(worker: Worker): Promise<InitializeResult> {
  const response = await requestChild(
    worker,
    "initialize",
    {
      protocolVersion: protocolVersions[0],
      capabilities: {},
      clientInfo: { name: "fjmcp", version },
    },
    // The start as a whole has its own timeout.
    Infinity,
  );
  const result = initializeResult.parse(response);
  worker.notify("notifications/initialized");
  return result;
}
