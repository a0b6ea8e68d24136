import { createServer, type Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { McpEndpoint } from "./mcp-endpoint.ts";

/** For the last answers to reach their clients. */
const lastAnswersMs = 1000;

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
 * Stops accepting. Idle connections close at once, busy ones as soon as their answer is out, and all of them a moment
 * after `drained` resolves.
 */
export async function closeServer(server: Server, drained: Promise<void>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const closingIdle = setInterval(() => server.closeIdleConnections(), 20);
  await drained;
  await Promise.race([closed, delay(lastAnswersMs)]);
  server.closeAllConnections();
  await closed;
  clearInterval(closingIdle);
}
