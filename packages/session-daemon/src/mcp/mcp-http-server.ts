import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { AccountId } from "@fjmcp/shared/ids";
import { createPublicServer, type senderTimeouts } from "@fjmcp/shared/http-server/public-server";
import { disconnectSlowClients, type SlowClientLimits } from "../http/slow-client-watchdog.ts";
import type { McpEndpoint } from "./mcp-endpoint.ts";

export interface McpServerOptions {
  /** For clients that send their request slowly. */
  readonly senderTimeouts: typeof senderTimeouts;
  /** For clients that read their response slowly. */
  readonly slowClientLimits: SlowClientLimits;
}

/** The HTTP server of `mcp.sock`. Disconnects clients that send or read too slowly, fair by account. */
export function createMcpServer(
  endpoint: Pick<McpEndpoint, "handle">,
  options: McpServerOptions,
  accountOf: (socket: Socket) => AccountId | undefined,
): Server {
  const server = createPublicServer((req, res) => {
    // A pipelined request has no socket until the responses before it are sent, and would miss its close.
    if (res.socket === null) res.once("socket", () => endpoint.handle(req, res));
    else endpoint.handle(req, res);
  }, options.senderTimeouts);
  disconnectSlowClients(server, options.slowClientLimits, accountOf);
  return server;
}
