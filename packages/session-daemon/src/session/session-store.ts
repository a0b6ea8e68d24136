import type { AccountId, ClientId, GrantId, Hash } from "@fjmcp/shared/ids";
import type { McpLogLevel } from "@fjmcp/shared/mcp-log-level";
import type { PageQuery } from "@fjmcp/shared/ipc/page";
import type { SessionRef } from "@fjmcp/shared/session-ref";
import type { SessionRecord } from "@fjmcp/shared/session-record";
import type { Principal } from "@fjmcp/shared/principal";

/** Selects the sessions of an account, of a client, of both, or all. */
export interface SessionFilter {
  readonly accountId?: AccountId | undefined;
  readonly clientId?: ClientId | undefined;
}

/** One page of a list of sessions, in the order of accounts and references. */
export interface SessionPage {
  readonly sessions: readonly { readonly sessionRef: SessionRef; readonly record: SessionRecord }[];
  /** The length of the whole list, with sessions that have expired and were not pruned yet. */
  readonly total: number;
  readonly next?: string;
}

/** MCP sessions, by the hash of their id. Every method may reject with StoreUnavailableError. */
export interface SessionStore {
  /**
   * Stores a new session. Resolves with false, and stores nothing, when the access token's record does not exist at
   * that moment: a grant that ended meanwhile leaves no session behind. Evicts old sessions of an account that has too
   * many.
   */
  create(session: Hash, record: SessionRecord, token: Hash): Promise<boolean>;
  /**
   * Rewrites a session that belongs to another grant of its account: from now on it belongs to that of `record`.
   * Resolves with false when the session or the grant has ended meanwhile; then the session is deleted.
   */
  move(session: Hash, from: GrantId, record: SessionRecord): Promise<boolean>;
  /** Prolongs a session that was just used by 30 days, at most once an hour. */
  touch(session: Hash, record: SessionRecord): Promise<void>;
  /** Keeps the log level of a session; nothing happens when the session has ended. */
  setLogLevel(session: Hash, level: McpLogLevel): Promise<void>;
  /** The same for what it is subscribed to; `uris` is called whenever the record is written. */
  setSubscriptions(session: Hash, uris: () => readonly string[]): Promise<void>;
  /** Resolves with false when the session had ended before; also when the connection to Redis was lost after its deletion. */
  delete(session: Hash, owner: Principal): Promise<boolean>;
  list(filter: SessionFilter, page: PageQuery): Promise<SessionPage>;
  /** The hash and the record of the session with this reference. */
  find(ref: SessionRef): Promise<{ hash: Hash; record: SessionRecord } | undefined>;
  /** Resolves with the number of sessions deleted. */
  deleteAll(filter: SessionFilter): Promise<number>;
  /** Deletes the index entries of expired sessions. */
  prune(): Promise<void>;
}
