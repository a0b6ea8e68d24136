import type { RequestListener, Server } from "node:http";
import { createClosableServer } from "@fjmcp/shared/lifecycle/close-server";

/** How long a client may take to send its head and its whole request, and how often that is looked at. */
const senderTimeouts = { headersTimeout: 20_000, requestTimeout: 60_000, connectionsCheckingInterval: 5_000 };
/** Longer than the two minutes for which Caddy keeps an idle connection, so that it never writes into a closing one. */
const keepAliveTimeout = 130_000;

/**
 * The HTTP server of the public address. Slow senders are cut off; answers take as long as they take, those of `/mcp`
 * five minutes and more.
 */
export function createPublicServer(
  handle: RequestListener,
  timeouts: typeof senderTimeouts = senderTimeouts,
): Server {
  return createClosableServer({ keepAliveTimeout, ...timeouts }, handle);
}
