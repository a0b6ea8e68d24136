import type { HttpBindings } from "@hono/node-server";
import type { MiddlewareHandler } from "hono";

/** A request without its query and headers, which may hold a token. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly userAgent: string | undefined;
  /** `undefined` until there is a response, and when the connection was destroyed instead. */
  status: number | undefined;
}

/** Adds every request to `requests` before it is handled, and its status afterwards. `/sandbox/…` is exempt. */
export function recordRequests(requests: RecordedRequest[]): MiddlewareHandler {
  return async (c, next) => {
    const { method, path } = c.req;
    if (path.startsWith("/sandbox/")) return next();
    const request: RecordedRequest = {
      method,
      path,
      userAgent: c.req.header("user-agent"),
      status: undefined,
    };
    requests.push(request);
    await next();
    const { socket } = (c.env as HttpBindings).incoming;
    if (!socket.destroyed) request.status = c.res.status;
  };
}
