import type { IncomingMessage } from "node:http";

/**
 * Removes Forwarded and X-Forwarded-*, and sets Host and X-Forwarded-Proto to the issuer's: oidc-provider builds URLs
 * from them.
 */
export function overrideForwardedHeaders(req: IncomingMessage, issuer: URL): void {
  for (const name of ["forwarded", "x-forwarded-host", "x-forwarded-port"]) delete req.headers[name];
  req.headers.host = issuer.host;
  req.headers["x-forwarded-proto"] = issuer.protocol.slice(0, -1);
}
