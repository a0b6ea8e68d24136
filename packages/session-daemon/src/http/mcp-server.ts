import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createClosableServer } from "@fjmcp/shared/lifecycle/close-server";
import type { McpEndpoint } from "./mcp-endpoint.ts";
import { cutOffSlowReaders } from "./slow-readers.ts";

/** Longer than the two minutes for which Caddy keeps an idle connection, so that it never writes into a closing one. */
const keepAliveTimeout = 130_000;

/** How long a client may take to send its head and its whole request, and how often that is looked at. */
const senderTimeouts = { headersTimeout: 20_000, requestTimeout: 60_000, connectionsCheckingInterval: 5_000 };

/**
 * The HTTP server of `mcp.sock`. Slow senders and slow readers are cut off; answers and streams take as long as they
 * take. Connections are kept, because a new one per call costs a third of the throughput.
 */
export function createMcpServer(
  endpoint: Pick<McpEndpoint, "handle">,
  timeouts: typeof senderTimeouts = senderTimeouts,
): Server {
  const answer = (req: IncomingMessage, res: ServerResponse) => endpoint.handle(req, res);
  const server = createClosableServer({ keepAliveTimeout, ...timeouts }, (req, res) => {
    // A pipelined request has no socket before the answers ahead of it are out, and would miss its end.
    if (res.socket === null) res.once("socket", () => answer(req, res));
    else answer(req, res);
  });
  cutOffSlowReaders(server);
  return server;
}
