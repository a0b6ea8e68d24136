import type { IncomingMessage } from "node:http";

/** Whether the client closed the connection before it had sent the whole request: what fails then is no fault of ours. */
export function isDisconnected(req: IncomingMessage): boolean {
  return req.destroyed && !req.complete;
}
