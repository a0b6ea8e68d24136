import { getConnInfo } from "@hono/node-server/conninfo";
import type { MiddlewareHandler } from "hono";

/** Rejects requests from other machines with 403. */
export const loopbackOnly: MiddlewareHandler = async (c, next) => {
  if (!isLoopback(getConnInfo(c).remote.address ?? "")) return c.json({ error: "loopback only" }, 403);
  return next();
};

function isLoopback(address: string): boolean {
  return /^(?:::ffff:)?127\./.test(address) || address === "::1";
}
