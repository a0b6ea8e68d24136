import type { Hono } from "hono";
import { loopbackOnly } from "./loopback-only.ts";
import type { RecordedRequest } from "./request-log.ts";

/** `GET /sandbox/requests`: the recorded requests, oldest first, for another process on this machine. */
export function addRequestsRoute(app: Hono, requests: readonly RecordedRequest[]): void {
  app.get("/sandbox/requests", loopbackOnly, (c) => c.json(requests));
}
