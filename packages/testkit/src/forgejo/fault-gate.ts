import type { HttpBindings } from "@hono/node-server";
import type { MiddlewareHandler } from "hono";
import { faultResponse } from "./fault-response.ts";
import type { Faults } from "./faults.ts";

/** Applies an armed fault to the requests that it matches. `/sandbox/…` is exempt. */
export function faultGate(faults: Faults): MiddlewareHandler {
  return async (c, next) => {
    const mode = c.req.path.startsWith("/sandbox/") ? undefined : faults.hit(c.req.method, c.req.path);
    if (mode === undefined) return next();
    const { socket } = (c.env as HttpBindings).incoming;
    switch (mode) {
      case "hang":
        await faults.untilCleared();
        break;
      case "hold":
        // Read the whole body now: the client may disconnect while the request is held.
        await c.req.text();
        await faults.untilCleared();
        return next();
      case "drop-response":
        await next();
        break;
      case "late-response":
        await Promise.all([next(), faults.untilCleared()]);
        return;
      case "close":
        break;
      default:
        return faultResponse(c, mode);
    }
    socket.destroy();
    c.res = undefined;
    return c.body(null);
  };
}
