import { isMcpPath } from "@fjmcp/shared/oauth/mcp-resource";

/** Origin, path and query of an absolute URL, whose origin holds nothing that URL parsers read differently. */
const absoluteUrl = /^([a-z][a-z\d+.-]*:\/\/[\w.:[\]-]+)(\/[^?#]*)(?:\?[^#]*)?$/i;

/**
 * Whether a `resource` parameter (RFC 8707 §2) means `resource`, the URL of the MCP endpoint: scheme and host in any case,
 * the default port written or not (RFC 3986 §6.2.3), the path with or without a slash at its end, and any query, because
 * clients send the URL that their user has entered.
 */
export function meansResource(sent: string, resource: string): boolean {
  const [, origin = "", path = ""] = absoluteUrl.exec(sent) ?? [];
  if (!URL.canParse(origin) || new URL(origin).origin !== new URL(resource).origin) return false;
  return isMcpPath(path);
}
