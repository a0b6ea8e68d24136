import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Server as NetServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { closingResponse } from "./closing-response.ts";
import type { McpEndpoint } from "./mcp-endpoint.ts";
import { cutOffSlowReaders } from "./slow-readers.ts";

/** For clients to use a connection once more, and to learn by the answer that it closes. */
const idleGraceMs = 300;
/** For requests that are still coming in. */
const lastRequestsMs = 1000;
/** For the last answers to reach their clients. */
const lastAnswersMs = 1000;

/** How long a client may take to send its head and its whole request, and how often that is looked at. */
const senderTimeouts = { headersTimeout: 20_000, requestTimeout: 60_000, connectionsCheckingInterval: 5_000 };

/**
 * The HTTP server of `mcp.sock`. Slow senders and slow readers are cut off; answers and streams take as long as they take. Connections
 * are kept for two minutes, because a new one per call costs a third of the throughput.
 */
export function createMcpServer(
  endpoint: Pick<McpEndpoint, "handle">,
  timeouts: typeof senderTimeouts = senderTimeouts,
): Server {
  const answer = (req: IncomingMessage, res: ServerResponse) => endpoint.handle(req, res);
  const ClosingResponse = closingResponse(() => server.listening);
  const options = { keepAliveTimeout: 120_000, ...timeouts, ServerResponse: ClosingResponse };
  const server = createServer(options, (req, res) => {
    // A pipelined request has no socket before the answers ahead of it are out, and would miss its end.
    if (res.socket === null) res.once("socket", () => answer(req, res));
    else answer(req, res);
  });
  cutOffSlowReaders(server);
  return server;
}

/**
 * Stops accepting. What comes on open connections is answered; those that stay idle close after a moment, busy ones as
 * soon as their answer is out. `drain` is called when all have closed, or after a second for what is still coming in; a
 * moment after it resolves the rest is cut off.
 */
export async function closeServer(server: Server, drain: () => Promise<void>): Promise<void> {
  const closed = once(server, "close");
  // Not the close of http.Server: what seems idle to it may have a request in the kernel's buffer, which would be lost.
  NetServer.prototype.close.call(server);
  await Promise.race([closed, delay(idleGraceMs)]);
  const closingIdle = setInterval(() => server.closeIdleConnections(), 20);
  await Promise.race([closed, delay(lastRequestsMs)]);
  await drain();
  await Promise.race([closed, delay(lastAnswersMs)]);
  server.closeAllConnections();
  await closed;
  clearInterval(closingIdle);
}
