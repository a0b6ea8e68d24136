import type { McpRequest } from "./client-profile.ts";

interface ClientInfo {
  readonly name: string;
  readonly version: string;
}

const stateless = "2026-07-28";

/** The params of `initialize`. */
export function initializeParams(
  protocolVersion: string,
  clientInfo: ClientInfo,
  capabilities: Readonly<Record<string, unknown>> = {},
) {
  return { protocolVersion, capabilities, clientInfo };
}

/** `initialize` as a request. */
export function initialize(
  params: ReturnType<typeof initializeParams>,
  headers: Readonly<Record<string, string>> = {},
): McpRequest {
  return { headers, body: { jsonrpc: "2.0", id: 1, method: "initialize", params } };
}

/** `server/discover`, with which clients of MCP 2026-07-28 begin. */
export function discover(clientInfo: ClientInfo): McpRequest {
  return statelessRequest("server/discover", clientInfo);
}

/** `tools/list` of MCP 2026-07-28. */
export function listTools(clientInfo: ClientInfo): McpRequest {
  return statelessRequest("tools/list", clientInfo);
}

function statelessRequest(method: string, clientInfo: ClientInfo): McpRequest {
  const meta = {
    "io.modelcontextprotocol/protocolVersion": stateless,
    "io.modelcontextprotocol/clientInfo": clientInfo,
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  return {
    headers: { "mcp-protocol-version": stateless, "mcp-method": method },
    body: { jsonrpc: "2.0", id: 1, method, params: { _meta: meta } },
  };
}
