import type { RequestListener, Server } from "node:http";
import { createGracefulServer } from "./graceful-server.ts";
import { hasSeveralHosts } from "./has-several-hosts.ts";
import { WholeBodyRequest } from "./whole-body-request.ts";

/** How long a client may take to send the head and the whole request, and how often that is checked. */
export const senderTimeouts = {
  headersTimeout: 20_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5_000,
};
/** Longer than the two minutes for which Caddy keeps an idle connection, so that Caddy never writes into a closing one. */
const keepAliveTimeout = 130_000;

/**
 * A server for requests from outside. Slow senders are disconnected; responses and streams have no time limit. A request with
 * several Host headers, or of HTTP/1.1 with none, gets 400, and its connection closes (RFC 9112 §3.2).
 * Connections are kept alive, because a new one per call costs a third of the throughput.
 */
export function createPublicServer(
  handle: RequestListener<typeof WholeBodyRequest>,
  timeouts: typeof senderTimeouts = senderTimeouts,
): Server<typeof WholeBodyRequest> {
  const options = { keepAliveTimeout, ...timeouts, IncomingMessage: WholeBodyRequest };
  return createGracefulServer(options, (req, res) => {
    if (hasSeveralHosts(req)) res.writeHead(400, { connection: "close" }).end();
    else handle(req, res);
  });
}
