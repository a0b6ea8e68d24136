import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestListener,
  type Server,
  type ServerOptions,
  ServerResponse,
} from "node:http";
import { Server as NetServer } from "node:net";

/** For clients to use a connection once more, and to learn by the answer that it closes. */
const idleGraceMs = 300;
const lookMs = 20;

/**
 * As http.createServer, for a server that `closeGracefully` will close: every answer whose head goes out from then on is the
 * last of its connection, also one that was asked for earlier.
 */
export function createGracefulServer(options: ServerOptions, listener?: RequestListener): Server {
  class ClosingResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
    override writeHead(status: number, reasonOrHeaders?: unknown, headers?: unknown): this {
      if (!server.listening) this.shouldKeepAlive = false;
      return super.writeHead(status, reasonOrHeaders as string, headers as OutgoingHttpHeaders);
    }
  }
  const server = createServer({ ...options, ServerResponse: ClosingResponse }, listener);
  return server;
}

/**
 * Stops accepting. What comes on open connections is answered; those that stay idle close after a moment, busy ones as
 * soon as their answer is out. `wait` is given the moment at which all have closed; what is left when it resolves is cut
 * off.
 */
export async function closeGracefully(
  server: Server,
  wait: (closed: Promise<unknown>) => Promise<unknown>,
): Promise<void> {
  const closed = once(server, "close");
  // Not the close of http.Server: what seems idle to it may have a request in the kernel's buffer, which would be lost.
  NetServer.prototype.close.call(server);
  let closingIdle: NodeJS.Timeout = setTimeout(() => {
    closingIdle = setInterval(() => server.closeIdleConnections(), lookMs);
  }, idleGraceMs);
  try {
    await wait(closed);
  } finally {
    server.closeAllConnections();
    await closed;
    clearInterval(closingIdle);
  }
}
