/** The path of the MCP endpoint, served by the session-daemon. */
export const mcpPath = "/mcp";

/** `<issuer>/mcp`: the RFC 8707 resource, and the audience of every access token. */
export function mcpResource(issuer: string): string {
  return `${issuer}${mcpPath}`;
}

/** The scopes of the protected resource, in the order in which they are advertised. */
export const scopes = ["forgejo:read", "forgejo:write"] as const;

/** The path of the resource's metadata (RFC 9728 §3.1): the well-known segment, then the resource's own path. */
export const protectedResourceMetadataPath = `/.well-known/oauth-protected-resource${mcpPath}`;
