/** The supported MCP revisions, newest first; all of them have sessions. */
export const protocolVersions = ["2025-11-25", "2025-06-18", "2025-03-26"] as const;

const latest = protocolVersions[0];

export function isSupported(version: string): boolean {
  return (protocolVersions as readonly string[]).includes(version);
}

/** The revision that `initialize` negotiates: the client's when it is supported, else the newest supported one. */
export function negotiate(requested: unknown): string {
  return typeof requested === "string" && isSupported(requested) ? requested : latest;
}
