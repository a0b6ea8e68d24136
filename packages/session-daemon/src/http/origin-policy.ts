import type { IncomingMessage, ServerResponse } from "node:http";
import { isLoopbackHost } from "@fjmcp/shared/net/loopback";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { HttpError } from "./http-error.ts";

const methods = "GET, POST, DELETE, OPTIONS";
const requestHeaders =
  "authorization, content-type, mcp-protocol-version, mcp-session-id, mcp-method, mcp-name, last-event-id, accept, x-mcp-toolsets, x-mcp-readonly, traceparent, tracestate";

/** A header that repeats an argument of a tool, whose schema names it (MCP 2026-07-28, "x-mcp-header"). */
const paramHeader = /^mcp-param-[\w!#$%&'*+.^`|~-]+$/i;

/**
 * Which web pages may send requests to `/mcp`: the issuer's own, those on loopback and the configured ones. This stops
 * DNS rebinding (MCP, "Security Warning" of Streamable HTTP). Clients that are not browsers send no Origin and pass.
 */
export class OriginPolicy {
  readonly #allowed: ReadonlySet<string>;

  constructor(issuer: string, configured: readonly string[]) {
    this.#allowed = new Set([issuer, ...configured]);
  }

  /** Adds the CORS headers, without credentials, for an allowed Origin; throws a 403 HttpError for another. */
  apply(req: IncomingMessage, res: ServerResponse): void {
    const origin = req.headers.origin;
    if (origin === undefined) return;
    if (!this.#allowed.has(origin) && !isLoopback(origin)) {
      throw new HttpError(
        403,
        errorCodes.serverError,
        "Pages of this origin may not use this server; an administrator can allow it.",
      );
    }
    res.setHeader("access-control-allow-origin", origin);
    res.setHeader("access-control-expose-headers", "WWW-Authenticate, Mcp-Session-Id, Retry-After");
    res.setHeader("vary", "Origin");
  }
}

function isLoopback(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.origin === origin && isLoopbackHost(url.hostname);
}

/** A CORS preflight, which a browser sends without a token. */
export function isPreflight(req: IncomingMessage): boolean {
  return (
    req.method === "OPTIONS" &&
    req.headers.origin !== undefined &&
    req.headers["access-control-request-method"] !== undefined
  );
}

/** Sends the CORS headers of a preflight; `OriginPolicy.apply` has added the origin's. */
export function respondToPreflight(req: IncomingMessage, res: ServerResponse): void {
  const requested = req.headers["access-control-request-headers"] ?? "";
  const names = requested.split(",").map((name) => name.trim());
  const ofParams = names.filter((name) => paramHeader.test(name));
  res.writeHead(204, {
    "access-control-allow-methods": methods,
    "access-control-allow-headers": [requestHeaders, ...ofParams].join(", "),
    "access-control-max-age": "7200",
  });
  res.end();
}
