import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import { version } from "@fjmcp/shared/version";
import { z } from "zod";
import { protocolVersions } from "../../protocol-versions.ts";
import { requestChild } from "./child-request.ts";
import type { Worker } from "../child/worker.ts";
import type { ClientIdentity } from "../client-identity.ts";
import { tasksExtension } from "../without-tasks.ts";

const listing = z.object({ listChanged: z.boolean().optional() });
const resources = listing.extend({ subscribe: z.boolean().optional() });
const anything = z.looseObject({});

/** A child's capabilities without those that are not forwarded, which are dropped because they are not named here. */
export const forwardedCapabilities = z.object({
  tools: listing.optional(),
  resources: resources.optional(),
  prompts: listing.optional(),
  completions: anything.optional(),
  logging: anything.optional(),
  extensions: z
    .record(z.string(), anything)
    .transform((extensions) =>
      Object.fromEntries(Object.entries(extensions).filter(([name]) => name !== tasksExtension)),
    )
    .optional()
    .catch(undefined),
});

// forgejo-mcp omits the version, and clients require one.
export const serverInfo = z.looseObject({ name: z.string(), version: z.string().default("unknown") });

const initializeResult = z.object({
  protocolVersion: z.string(),
  capabilities: forwardedCapabilities,
  serverInfo,
  instructions: z.string().optional(),
});

/** The broker as the client of a child that several sessions share: without capabilities. */
const brokerIdentity: ClientIdentity = {
  protocolVersion: protocolVersions[0],
  capabilities: {},
  clientInfo: { name: "fjmcp", version },
};

/**
 * The MCP handshake of revisions with sessions. A `client` sends `notifications/initialized` itself; without one, the broker
 * is the client. Resolves with the child's result without the capabilities that are not forwarded: tasks, experimental.
 * Rejects with CallError, ChildErrorResponse or ZodError.
 */
export async function initializeChild(
  worker: Worker,
  client: ClientIdentity | undefined,
): Promise<InitializeResult> {
  // The start as a whole has its own timeout.
  const response = await requestChild(worker, "initialize", { ...(client ?? brokerIdentity) }, Infinity);
  const result = initializeResult.parse(response);
  if (client === undefined) worker.notify("notifications/initialized");
  return result;
}
