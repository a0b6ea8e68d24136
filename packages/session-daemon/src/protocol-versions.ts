/** The supported MCP revisions that have sessions, newest first. */
export const protocolVersions = ["2025-11-25", "2025-06-18", "2025-03-26"] as const;

/** The supported revision without sessions: each request carries its revision and its client's capabilities. */
export const statelessVersion = "2026-07-28";

/** All supported revisions, newest first. */
export const supportedVersions: readonly string[] = [statelessVersion, ...protocolVersions];

/** `sessions`: revisions that begin with `initialize`; `stateless`: 2026-07-28 and later. */
export type Era = "sessions" | "stateless";

const latest = protocolVersions[0];

/** Whether the revision has sessions and is supported. */
export function isSupported(version: string): boolean {
  return (protocolVersions as readonly string[]).includes(version);
}

/** Whether a client of this supported revision accepts events without data, as from 2025-11-25 on. */
export function hasEventsWithoutData(version: string): boolean {
  return version >= "2025-11-25";
}

/** Whether clients of the revision may send batches: 2025-03-26 alone has them. */
export function hasBatches(version: string): boolean {
  return version === "2025-03-26";
}

/** Whether the name is that of a revision without sessions, supported or not. Revisions are named by dates. */
export function isStatelessVersion(version: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(version) && version >= statelessVersion;
}

/** The revision that `initialize` negotiates: the client's when it is supported, else the newest supported one. */
export function negotiate(requested: unknown): string {
  return typeof requested === "string" && isSupported(requested) ? requested : latest;
}
