import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Allows requests of every origin, without credentials: these endpoints use no cookie. Replies to a preflight and then
 * returns true. `methods` is the value of Access-Control-Allow-Methods.
 */
export function handlePublicCors(req: IncomingMessage, res: ServerResponse, methods: string): boolean {
  allowAllOrigins(res);
  if (req.method !== "OPTIONS") return false;
  res.setHeader("access-control-allow-methods", methods);
  res.setHeader(
    "access-control-allow-headers",
    req.headers["access-control-request-headers"] ?? "authorization, content-type, mcp-protocol-version",
  );
  res.setHeader("access-control-max-age", "3600");
  res.writeHead(204).end();
  return true;
}

/** Pages of every origin may read the response. */
export function allowAllOrigins(res: ServerResponse): void {
  res.setHeader("access-control-allow-origin", "*");
  res.setHeader("access-control-expose-headers", "WWW-Authenticate, Retry-After");
}
