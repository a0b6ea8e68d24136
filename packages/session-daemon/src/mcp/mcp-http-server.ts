import type { Server } from "node:http";
import { createPublicServer, type senderTimeouts } from "@fjmcp/shared/http-server/public-server";
import type { McpEndpoint } from "./mcp-endpoint.ts";
import { disconnectSlowClients } from "../http/slow-client-watchdog.ts";

/** The HTTP server of `mcp.sock`. Slow readers are cut off as slow senders are. */
export function createMcpServer(
  endpoint: Pick<McpEndpoint, "handle">,
  timeouts?: typeof senderTimeouts,
): Server {
  const server = createPublicServer((req, res) => {
    // A pipelined request has no socket before the answers ahead of it are out, and would miss its end.
    if (res.socket === null) res.once("socket", () => endpoint.handle(req, res));
    else endpoint.handle(req, res);
  }, timeouts);
  disconnectSlowClients(server);
  return server;
}
