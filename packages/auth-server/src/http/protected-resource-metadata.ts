import type { ServerResponse } from "node:http";
import type { RequestTarget } from "@fjmcp/shared/net/request-target";
import { mcpPath, mcpPaths, protectedResourceMetadataRoot, scopes } from "@fjmcp/shared/oauth/mcp-resource";

/**
 * Serves the protected resource metadata of the MCP endpoint (RFC 9728 §3); false for any other target. HEAD and GET only:
 * the router has rejected other methods.
 */
export function serveProtectedResourceMetadata(
  res: ServerResponse,
  target: RequestTarget,
  { issuer, forgejoHost }: { issuer: string; forgejoHost: string },
): boolean {
  if (!(protectedResourceMetadataPaths as readonly string[]).includes(target.path)) return false;
  const body = JSON.stringify(protectedResourceMetadata(issuer, forgejoHost, target));
  res.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  res.end(body);
  return true;
}

/** The metadata's paths, one for each path of the resource (RFC 9728 §3.1), and the one without, for clients that only try that. */
export const protectedResourceMetadataPaths = [
  ...mcpPaths.map((path) => `${protectedResourceMetadataRoot}${path}` as const),
  protectedResourceMetadataRoot,
] as const;

/**
 * The protected resource metadata of the MCP endpoint (RFC 9728 §2), requested as `target`. Its `resource` is exactly the
 * URL that the client knows: with the slash and the query of the target, if it has them.
 */
function protectedResourceMetadata(issuer: string, forgejoHost: string, target: RequestTarget) {
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
