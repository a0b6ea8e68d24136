import type { IncomingMessage } from "node:http";

/**
 * Whether `error` is that of the request's own connection: the client disconnected, took too long or sent what is no HTTP.
 * That is no fault of ours.
 */
export function isConnectionError(req: IncomingMessage, error: Error): boolean {
  return req.socket.errored === error;
}
