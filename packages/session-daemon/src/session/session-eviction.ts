import type { ClientRef } from "@fjmcp/shared/client-ref";
import type { AccountId, GrantId, Hash } from "@fjmcp/shared/ids";
import type { SessionRecord } from "@fjmcp/shared/session-record";

/** A session in the index of its account; without a record it has expired. */
export interface IndexEntry {
  readonly accountId: AccountId;
  readonly session: Hash;
  readonly clientRef: ClientRef;
  readonly grantId: GrantId;
  readonly record: SessionRecord | undefined;
}

/** Bounds a client that opens a session for each request: its sessions stay in Redis for 30 days. */
export const maxSessionsPerAccount = 1_000;
/** Many at a time, so that the search for the oldest is rare. */
const evictedAtOnce = 100;

/**
 * The sessions to evict from an account that has too many: the expired ones, and if that is not enough the 100 oldest
 * of the client that has the most. `kept` is never among them.
 */
export function selectSessionsToEvict(entries: readonly IndexEntry[], kept: Hash): Hash[] {
  const alive = entries.flatMap(({ session, record }) => (record === undefined ? [] : [{ session, record }]));
  const expired = entries.filter(({ record }) => record === undefined).map(({ session }) => session);
  if (alive.length <= maxSessionsPerAccount) return expired;
  const [most = []] = [...Map.groupBy(alive, ({ record }) => record.clientId).values()].sort(
    (a, b) => b.length - a.length,
  );
  const oldest = most
    .filter(({ session }) => session !== kept)
    .sort((a, b) => a.record.createdAtSec - b.record.createdAtSec)
    .slice(0, evictedAtOnce);
  return [...expired, ...oldest.map(({ session }) => session)];
}
