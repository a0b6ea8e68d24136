import type { IncomingMessage } from "node:http";

/**
 * Removes Forwarded and X-Forwarded-*, and sets Host and X-Forwarded-Proto to the issuer's: oidc-provider builds URLs
 * from them. `target` is the path with its query.
 */
export function overrideForwardedHeaders(req: IncomingMessage, issuer: URL, target: string): void {
  for (const name of ["forwarded", "x-forwarded-host", "x-forwarded-port"]) delete req.headers[name];
  req.headers.host = issuer.host;
  req.headers["x-forwarded-proto"] = issuer.protocol.slice(0, -1);
  req.url = target;
}

/** Path and query of a request line, which may be in absolute form (RFC 9112 §3.2.2). Undefined for anything else. */
export function requestTarget(url: string | undefined): { path: string; target: string } | undefined {
  const target = (url ?? "").replace(/^https?:\/\/[^/?#]*/i, "");
  if (!target.startsWith("/")) return undefined;
  return { path: target.split("?", 1)[0]!, target };
}
