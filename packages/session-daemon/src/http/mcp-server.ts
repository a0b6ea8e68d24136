import { createServer, type Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { McpEndpoint } from "./mcp-endpoint.ts";

/**
 * The HTTP server of `mcp.sock`. Slow senders are cut off; answers and streams take as long as they take. Connections
 * are kept for two minutes, because a new one per call costs a third of the throughput.
 */
export function createMcpServer(endpoint: McpEndpoint): Server {
  return createServer(
    { keepAliveTimeout: 120_000, headersTimeout: 20_000, requestTimeout: 60_000 },
    (req, res) => void endpoint.handle(req, res),
  );
}

/**
 * Closes a server that no longer accepts: idle connections at once, busy ones as soon as their answer is out, and all
 * of them after `graceMs`.
 */
export async function closeConnections(server: Server, graceMs: number): Promise<void> {
  const giveUpAt = performance.now() + graceMs;
  const closed = new Promise<"closed">((resolve) => {
    if (server.listening) server.close(() => resolve("closed"));
    else resolve("closed");
  });
  while ((await Promise.race([closed, delay(20)])) !== "closed") {
    if (performance.now() < giveUpAt) server.closeIdleConnections();
    else server.closeAllConnections();
  }
}
