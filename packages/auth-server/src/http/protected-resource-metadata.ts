import type { RequestTarget } from "@fjmcp/shared/net/request-target";
import { mcpPath, mcpPaths, protectedResourceMetadataRoot, scopes } from "@fjmcp/shared/oauth/mcp-resource";

/** The metadata's paths, one for each path of the resource (RFC 9728 §3.1), and the one without, for clients that only try that. */
export const protectedResourceMetadataPaths = [
  ...mcpPaths.map((path) => `${protectedResourceMetadataRoot}${path}` as const),
  protectedResourceMetadataRoot,
] as const;

/**
 * The protected resource metadata of the MCP endpoint (RFC 9728 §2), requested as `target`. Its `resource` is exactly the
 * URL that the client knows: with the slash and the query of the target, if it has them.
 */
export function protectedResourceMetadata(issuer: string, forgejoHost: string, target: RequestTarget) {
  const path = target.path.slice(protectedResourceMetadataRoot.length) || mcpPath;
  const [query = ""] = target.query.split("#", 1);
  return {
    resource: `${issuer}${path}${query}`,
    authorization_servers: [issuer],
    scopes_supported: [...scopes],
    bearer_methods_supported: ["header"],
    resource_name: `Forgejo MCP server for ${forgejoHost}`,
  };
}
