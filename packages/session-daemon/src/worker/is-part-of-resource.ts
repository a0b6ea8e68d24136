/** Whether a subscription to `whole` includes the URI: a child may name a part of it (MCP, `ResourceUpdatedNotification`). */
export function isPartOfResource(uri: string, whole: string): boolean {
  if (!uri.startsWith(whole)) return false;
  return uri.length === whole.length || whole.endsWith("/") || "/?#".includes(uri.charAt(whole.length));
}
