import type { AccountId, ClientId, Hash } from "@fjmcp/shared/ids";
import type { SessionRecord } from "@fjmcp/shared/session-record";

/** Which sessions: those of an account, of a client, of both, or all. */
export interface SessionFilter {
  readonly accountId?: AccountId | undefined;
  readonly clientId?: ClientId | undefined;
}

/** MCP sessions, by the hash of their id. Every method may reject with StoreUnavailableError. */
export interface SessionStore {
  /**
   * Stores a new session, unless the access token's record is gone by the time it is stored: then nothing stays, and
   * the answer is false. So no session is left behind by a grant that ended meanwhile. An account that has too many
   * loses old ones.
   */
  create(session: Hash, record: SessionRecord, token: Hash): Promise<boolean>;
  /** Prolongs the life of a session that was just used, at most once an hour. */
  touch(session: Hash, record: SessionRecord): Promise<void>;
  delete(session: Hash, accountId: AccountId): Promise<void>;
  list(filter: SessionFilter): Promise<SessionRecord[]>;
  /** Resolves with the number of sessions deleted. */
  deleteAll(filter: SessionFilter): Promise<number>;
  /** Forgets index entries of sessions that have expired. */
  prune(): Promise<void>;
}
