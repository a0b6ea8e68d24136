import { mcpResource, protectedResourceMetadataPath, scopes } from "@fjmcp/shared/oauth/mcp-resource";

/** RFC 9728 §3.1: beside the resource's own path, and at the root for clients that look only there. */
export const protectedResourceMetadataPaths = [
  protectedResourceMetadataPath,
  "/.well-known/oauth-protected-resource",
] as const;

/** RFC 9728 §2. */
export function protectedResourceMetadata(issuer: string, forgejoHost: string) {
  return {
    resource: mcpResource(issuer),
    authorization_servers: [issuer],
    scopes_supported: [...scopes],
    bearer_methods_supported: ["header"],
    resource_name: `Forgejo MCP server for ${forgejoHost}`,
  };
}
