import { scopes, type TokenRefusal } from "@fjmcp/shared/token-record";

/**
 * The `WWW-Authenticate` value that sends a client to log in (RFC 9728 §5.1). It carries `error` only when a token
 * was sent (RFC 6750 §3.1).
 */
export function challenge(issuer: string, error?: TokenRefusal): string {
  const parameters = [
    `resource_metadata="${issuer}/.well-known/oauth-protected-resource/mcp"`,
    `scope="${scopes.join(" ")}"`,
    ...(error === undefined ? [] : [`error="${error}"`]),
  ];
  return `Bearer ${parameters.join(", ")}`;
}
