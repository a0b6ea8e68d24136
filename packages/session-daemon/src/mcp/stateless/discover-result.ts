import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import { metaKeys } from "../../meta-keys.ts";
import { statelessVersion, supportedVersions } from "../../protocol-versions.ts";

/**
 * The result of `server/discover` (MCP 2026-07-28, "Discovery"), for a child that says this of itself. Log messages of a child
 * with sessions are not forwarded to clients of this revision (docs/adr/0016).
 */
export function discoverResult({
  protocolVersion: ofHandshake,
  capabilities: ofChild,
  serverInfo,
  instructions,
}: InitializeResult) {
  const { logging: _, ...others } = ofChild;
  const capabilities = ofHandshake === statelessVersion ? ofChild : others;
  return {
    resultType: "complete",
    supportedVersions,
    capabilities,
    ...(instructions === undefined ? {} : { instructions }),
    ttlMs: 0,
    cacheScope: "private",
    _meta: { [metaKeys.serverInfo]: serverInfo },
  };
}
