import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { metaKeys } from "../../meta-keys.ts";
import { statelessVersion } from "../../protocol-versions.ts";
import { CallError } from "../call.ts";
import type { Worker } from "../child/worker.ts";
import { requestChild } from "./child-request.ts";
import { forwardedCapabilities, serverInfo } from "./initialize-child.ts";

const discoverResult = z.object({
  supportedVersions: z.array(z.string()),
  capabilities: forwardedCapabilities,
  instructions: z.string().optional(),
  _meta: z.looseObject({ [metaKeys.serverInfo]: serverInfo.optional() }).optional(),
});

/** `silent`: the child died or did not respond; it may be unable to go on. `rejected`: it does not speak the revision. */
type Discovery = InitializeResult | "silent" | "rejected";

/**
 * Offers the child the stateless revision (MCP 2026-07-28, stdio "Backward Compatibility"). Resolves with what `initialize`
 * would say where the child accepts. Never rejects.
 */
export async function discoverChild(worker: Worker, timeoutMs: number): Promise<Discovery> {
  worker.setEra("stateless");
  let response: unknown;
  try {
    response = await requestChild(worker, "server/discover", {}, timeoutMs);
  } catch (error) {
    return error instanceof CallError ? "silent" : "rejected";
  }
  const { success, data } = discoverResult.safeParse(response);
  if (!success || !data.supportedVersions.includes(statelessVersion)) return "rejected";
  const { capabilities, instructions, _meta } = data;
  return {
    protocolVersion: statelessVersion,
    capabilities,
    serverInfo: _meta?.[metaKeys.serverInfo] ?? unnamed,
    ...(instructions === undefined ? {} : { instructions }),
  };
}

const unnamed = { name: "unknown", version: "unknown" };
