import type { AccountId, Hash } from "@fjmcp/shared/ids";
import type { SessionRecord } from "@fjmcp/shared/session-record";

/** A session as the index of its account has it; without a record it has expired. */
export interface IndexEntry {
  readonly accountId: AccountId;
  readonly session: Hash;
  readonly record: SessionRecord | undefined;
}

/** A client that opens a session for each question would otherwise fill Redis for thirty days. */
export const maxSessionsPerAccount = 1_000;
/** Many at a time, so that looking for the oldest is rare. */
const droppedAtOnce = 100;

/**
 * Which sessions of one account to drop when it has too many: the expired ones, and if that is not enough the oldest of
 * the client that has the most. `kept` is never among them.
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
    .slice(0, droppedAtOnce);
  return [...expired, ...oldest.map(({ session }) => session)];
}
