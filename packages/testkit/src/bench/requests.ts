import { mcpPost } from "./http-connection.ts";
import type { Target } from "./targets.ts";

const revision = "2026-07-28";

/** The tools of the child, see echo-child.pl. */
export type Tool = "small" | "large" | "steps";

/** Builds the request that a connection repeats. Requests in flight in one session must have different ids. */
export type Request = (target: Target, id: number) => Buffer;

/** A `tools/call` in a session; `steps` asks for progress. */
export const call =
  (tool: Tool): Request =>
  ({ headers }, id) => {
    const meta = tool === "steps" ? { _meta: { progressToken: id } } : {};
    return post("tools/call", id, { name: tool, arguments: {}, ...meta }, headers);
  };

/** A `tools/call` of 2026-07-28, which needs no session. */
export const statelessCall =
  (tool: Tool): Request =>
  ({ headers }, id) => {
    const _meta = {
      "io.modelcontextprotocol/protocolVersion": revision,
      "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1" },
      "io.modelcontextprotocol/clientCapabilities": {},
    };
    const standard = { "mcp-protocol-version": revision, "mcp-method": "tools/call", "mcp-name": tool };
    return post("tools/call", id, { name: tool, arguments: {}, _meta }, { ...headers, ...standard });
  };

/** `tools/list` in a session. */
export const listTools: Request = ({ headers }, id) => post("tools/list", id, {}, headers);

function post(method: string, id: number, params: object, headers: Target["headers"]): Buffer {
  return mcpPost(JSON.stringify({ jsonrpc: "2.0", id, method, params }), headers);
}
