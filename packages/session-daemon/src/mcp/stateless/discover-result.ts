import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import { metaKeys } from "../../meta-keys.ts";
import { supportedVersions } from "../../protocol-versions.ts";

/** The result of `server/discover` (MCP 2026-07-28, "Discovery"), for a child that says this of itself. */
export function discoverResult({ capabilities, serverInfo, instructions }: InitializeResult) {
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
