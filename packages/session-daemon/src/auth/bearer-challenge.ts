import type { TokenError } from "@fjmcp/shared/oauth/access-token-record";
import { parseRequestTarget } from "@fjmcp/shared/net/request-target";
import { mcpPath, protectedResourceMetadataUrl, scopes } from "@fjmcp/shared/oauth/mcp-resource";

/**
 * The `WWW-Authenticate` value that sends a client to log in (RFC 9728 §5.1), with the metadata of the URL that it has
 * requested, `url`. It carries `error` only when a token was sent (RFC 6750 §3.1).
 */
export function bearerChallenge(issuer: string, url: string | undefined, error?: TokenError): string {
  const target = parseRequestTarget(url) ?? { path: mcpPath, query: "" };
  const parameters = [
    `resource_metadata="${protectedResourceMetadataUrl(issuer, target)}"`,
    `scope="${scopes.join(" ")}"`,
    ...(error === undefined ? [] : [`error="${error}"`]),
  ];
  return `Bearer ${parameters.join(", ")}`;
}
