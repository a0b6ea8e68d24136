import type { RequestListener, Server } from "node:http";
import { createGracefulServer } from "./graceful-server.ts";

/** How long a client may take to send its head and its whole request, and how often that is looked at. */
export const senderTimeouts = {
  headersTimeout: 20_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5_000,
};
/** Longer than the two minutes for which Caddy keeps an idle connection, so that it never writes into a closing one. */
const keepAliveTimeout = 130_000;

/**
 * A server for what comes from outside. Slow senders are cut off; answers and streams take as long as they take.
 * Connections are kept, because a new one per call costs a third of the throughput.
 */
export function createPublicServer(
  handle: RequestListener,
  timeouts: typeof senderTimeouts = senderTimeouts,
): Server {
  return createGracefulServer({ keepAliveTimeout, ...timeouts }, handle);
}
