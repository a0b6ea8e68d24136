import type { IncomingMessage } from "node:http";

/**
 * Takes from a request everything with which it could say which server it is talking to, and puts the issuer there:
 * oidc-provider believes Host and X-Forwarded-*. `target` is the path with its query.
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
