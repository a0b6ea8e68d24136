import { mcpResource, protectedResourceMetadataPath, scopes } from "@fjmcp/shared/oauth/mcp-resource";

/** The path of the resource's metadata (RFC 9728 §3.1), and the one without the resource's path, for clients that only try that. */
export const protectedResourceMetadataPaths = [
  protectedResourceMetadataPath,
  "/.well-known/oauth-protected-resource",
] as const;

/** The protected resource metadata of `/mcp` (RFC 9728 §2). */
export function protectedResourceMetadata(issuer: string, forgejoHost: string) {
  return {
    resource: mcpResource(issuer),
    authorization_servers: [issuer],
    scopes_supported: [...scopes],
    bearer_methods_supported: ["header"],
    resource_name: `Forgejo MCP server for ${forgejoHost}`,
  };
}
