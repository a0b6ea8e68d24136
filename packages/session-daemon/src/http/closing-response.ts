import { type IncomingMessage, ServerResponse } from "node:http";

/**
 * The answers of a server that asks its clients for a new connection once it does not listen any more: every answer
 * whose head goes out from then on is the last of its connection, also one that was asked for earlier.
 */
export function closingResponse(isListening: () => boolean): typeof ServerResponse {
  return class<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
    override writeHead(...head: unknown[]): this {
      if (!isListening()) this.shouldKeepAlive = false;
      return super.writeHead(...(head as Parameters<ServerResponse["writeHead"]>));
    }
  };
}
