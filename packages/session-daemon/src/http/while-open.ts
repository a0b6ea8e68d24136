import type { ServerResponse } from "node:http";
import { ClientDisconnectedError } from "./request-body.ts";

/** Aborts with ClientDisconnectedError when the client closes the connection before it has its response. */
export function whileOpen(res: ServerResponse): AbortSignal {
  const controller = new AbortController();
  res.once("close", () => {
    if (!res.writableFinished) controller.abort(new ClientDisconnectedError());
  });
  return controller.signal;
}
