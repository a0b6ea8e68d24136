import type { RequestTarget } from "../net/request-target.ts";

/** The path of the MCP endpoint, served by the session-daemon. */
export const mcpPath = "/mcp";
/**
 * The paths under which it is served. Users enter its URL with a slash, too; a redirect between the two would make
 * clients drop their token.
 */
export const mcpPaths = [mcpPath, `${mcpPath}/`] as const;

/** Whether a path is one of `mcpPaths`. */
export function isMcpPath(path: string): boolean {
  return (mcpPaths as readonly string[]).includes(path);
}

/** `<issuer>/mcp`: the RFC 8707 resource, and the audience of every access token. */
export function mcpResource(issuer: string): string {
  return `${issuer}${mcpPath}`;
}

/** The scopes of the protected resource, in the order in which they are advertised. */
export const scopes = ["forgejo:read", "forgejo:write"] as const;
export type Scope = (typeof scopes)[number];

/** The well-known path of the metadata of protected resources; that of a resource follows it (RFC 9728 §3.1). */
export const protectedResourceMetadataRoot = "/.well-known/oauth-protected-resource";

/** A longer query is not repeated in a challenge: clients and proxies bound the size of headers. */
const maxQueryLength = 1024;

/**
 * Where the metadata of the MCP endpoint is when a client knows it by this target, one of `mcpPaths` with any query: a
 * client accepts only metadata whose `resource` is the URL that it uses (RFC 9728 §3.3). Fits into a quoted string.
 */
export function protectedResourceMetadataUrl(issuer: string, target: RequestTarget): string {
  const [query = ""] = target.query.split("#", 1);
  if (query.length > maxQueryLength) return `${issuer}${protectedResourceMetadataRoot}${target.path}`;
  const quotable = query.replace(/[^\x21-\x7e]|["\\]/g, encodeURIComponent);
  return `${issuer}${protectedResourceMetadataRoot}${target.path}${quotable}`;
}
