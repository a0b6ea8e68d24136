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

/** Time in which a client may use a connection once more and learn from the response that it closes. */
const idleGraceMs = 300;
const pollMs = 20;

/**
 * As http.createServer, for a server that `closeGracefully` will close: from then on every response whose head is sent is
 * the last of its connection (`Connection: close`), including responses to earlier requests.
 */
export function createGracefulServer<RequestClass extends typeof IncomingMessage = typeof IncomingMessage>(
  options: ServerOptions<RequestClass>,
  listener?: RequestListener<RequestClass>,
): Server<RequestClass> {
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
 * Stops accepting connections. Requests on open connections still get a response; idle connections close after 300 ms,
 * busy ones after their response. `wait` gets a promise that resolves when all have closed; connections that are open
 * when `wait` resolves are destroyed.
 */
export async function closeGracefully(
  server: Server,
  wait: (closed: Promise<unknown>) => Promise<unknown>,
): Promise<void> {
  const closed = once(server, "close");
  // Not http.Server's close: a connection that it considers idle may have a request in the kernel's buffer, which it would lose.
  NetServer.prototype.close.call(server);
  // After the event loop's poll phase: a request that has arrived by then is read, and its connection not idle.
  const closeIdle = () => void setImmediate(() => server.closeIdleConnections());
  let closingIdle: NodeJS.Timeout = setTimeout(() => {
    closingIdle = setInterval(closeIdle, pollMs);
  }, idleGraceMs);
  try {
    await wait(closed);
  } finally {
    server.closeAllConnections();
    await closed;
    clearInterval(closingIdle);
  }
}
