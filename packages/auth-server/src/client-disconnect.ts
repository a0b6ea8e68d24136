import type { IncomingMessage } from "node:http";

/** Whether the client closed the connection before it had sent the whole request: what fails then is no fault of ours. */
export function isDisconnected(req: IncomingMessage): boolean {
  return req.destroyed && !req.complete;
}

/**
 * Whether `error` is that of the request's own connection: the client disconnected, took too long or sent what is no HTTP.
 * That is no fault of ours. The socket holds one error only: a client that disconnects at once may have caused two.
 */
export function isConnectionError(req: IncomingMessage, error: NodeJS.ErrnoException): boolean {
  return req.socket.errored === error || /^(HPE_|ECONNRESET$|EPIPE$)/.test(error.code ?? "");
}
