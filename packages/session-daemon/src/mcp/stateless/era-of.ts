import type { IncomingHttpHeaders } from "node:http";
import type { ClientMessage } from "../../jsonrpc/client-message.ts";
import { isStatelessVersion, isSupported, type Era } from "../../protocol-versions.ts";
import { hasValidRequestMeta, hasVersionClaim } from "./request-meta.ts";

/**
 * The era of a posted message. The body decides: a message that names its revision in `_meta` is stateless, `initialize`
 * and responses have sessions. The header only counts for what names none, so that a message of a stateless revision that
 * lacks its `_meta` is not served by other rules (docs/adr/0016).
 */
export function eraOf(message: ClientMessage, headers: IncomingHttpHeaders): Era {
  if (message.kind === "response") return "sessions";
  if (message.kind === "request" && message.request.method === "initialize") {
    return hasValidRequestMeta(message.request.params) ? "stateless" : "sessions";
  }
  const params = message.kind === "request" ? message.request.params : message.params;
  return hasVersionClaim(params) || namesStatelessVersion(headers) ? "stateless" : "sessions";
}

/** The MCP-Protocol-Version header names a stateless revision, supported or not. */
export function namesStatelessVersion(headers: IncomingHttpHeaders): boolean {
  const version = headers["mcp-protocol-version"];
  return typeof version === "string" && !isSupported(version) && isStatelessVersion(version);
}
