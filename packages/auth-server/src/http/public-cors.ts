import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * CORS for what any web page may ask, without credentials: these endpoints know no cookie. Answers a preflight itself
 * and then returns true.
 */
export function handlePublicCors(req: IncomingMessage, res: ServerResponse, methods: string): boolean {
  res.setHeader("access-control-allow-origin", "*");
  res.setHeader("access-control-expose-headers", "WWW-Authenticate, Retry-After");
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
