/** The prefix of the `_meta` keys that MCP reserves for itself (MCP 2026-07-28, "_meta"). */
export const reservedMetaPrefix = "io.modelcontextprotocol/";

/** The `_meta` keys of the stateless revisions of MCP (2026-07-28, "Reserved keys"). */
export const metaKeys = {
  protocolVersion: "io.modelcontextprotocol/protocolVersion",
  clientInfo: "io.modelcontextprotocol/clientInfo",
  clientCapabilities: "io.modelcontextprotocol/clientCapabilities",
  logLevel: "io.modelcontextprotocol/logLevel",
  subscriptionId: "io.modelcontextprotocol/subscriptionId",
  serverInfo: "io.modelcontextprotocol/serverInfo",
} as const;
