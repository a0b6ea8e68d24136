import type { Handler } from "./stdio-server.ts";
import { callTool, stubTools, type StubTool } from "./stub-tools.ts";

/** The handler of a well-behaved MCP server (2025-11-25) with `extraTools` in addition to the common ones. */
export function stubHandler(name: string, extraTools: Record<string, StubTool> = {}): Handler {
  const tools = { ...stubTools, ...extraTools };
  return async (server, message) => {
    const { id, method } = message;
    if (method === undefined || id === undefined) return;
    switch (method) {
      case "initialize":
        return server.respond(id, {
          protocolVersion: "2025-11-25",
          capabilities: {
            tools: { listChanged: true },
            resources: { subscribe: true, listChanged: true },
            logging: {},
          },
          serverInfo: { name: `stub-${name}`, version: "1.0.0" },
        });
      case "tools/list":
        return server.respond(id, { tools: Object.keys(tools).map(describe) });
      case "tools/call":
        return callTool(server, message, tools);
      case "resources/list":
        return server.respond(id, { resources: [{ uri: "stub://one", name: "one" }] });
      case "resources/read":
        return server.respond(id, { contents: [{ uri: "stub://one", text: "first" }] });
      case "ping":
      case "logging/setLevel":
      case "resources/subscribe":
      case "resources/unsubscribe":
        return server.respond(id, {});
      default:
        return server.fail(id, -32601, `Method not found: ${method}`);
    }
  };
}

function describe(name: string) {
  return { name, description: `${name} of the stub`, inputSchema: { type: "object" } };
}
