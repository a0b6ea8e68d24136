/** `initialize` of a client with little to it. */
export function initialize(
  protocolVersion = "2025-11-25",
  id: unknown = 1,
  clientInfo: { readonly name: string; readonly version: string } = { name: "fixture", version: "1.0.0" },
) {
  return {
    jsonrpc: "2.0",
    id,
    method: "initialize",
    params: { protocolVersion, capabilities: {}, clientInfo },
  };
}

/** A call of a tool, with `_meta` where that is given. */
export function callTool(id: unknown, name: string, args: unknown = {}, meta?: unknown) {
  const params = { name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) };
  return { jsonrpc: "2.0", id, method: "tools/call", params };
}
