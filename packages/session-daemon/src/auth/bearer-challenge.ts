import type { TokenError } from "@fjmcp/shared/oauth/access-token-record";
import { protectedResourceMetadataPath, scopes } from "@fjmcp/shared/oauth/mcp-resource";

/**
 * The `WWW-Authenticate` value that sends a client to log in (RFC 9728 §5.1). It carries `error` only when a token
 * was sent (RFC 6750 §3.1).
 */
export function bearerChallenge(issuer: string, error?: TokenError): string {
  const parameters = [
    `resource_metadata="${issuer}${protectedResourceMetadataPath}"`,
    `scope="${scopes.join(" ")}"`,
    ...(error === undefined ? [] : [`error="${error}"`]),
  ];
  return `Bearer ${parameters.join(", ")}`;
}
