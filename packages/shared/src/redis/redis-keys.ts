import type { AccountId, GrantId, Hash } from "../ids.ts";

/**
 * Every Redis key that both daemons know. `deploy/redis.acl` grants the session-daemon read access to
 * `token:access:*` and `grant:*`, and write access to `session:*` only.
 */
export const redisKeys = {
  /** String: an access-token record, see access-token-record.ts. It exists only while its grant does. */
  accessToken: (token: Hash) => `token:access:${token}`,
  /** String: the Grant. It exists until the grant is revoked or expires. */
  grant: (id: GrantId) => `grant:${id}`,
  /** String: an MCP session record, see session-record.ts. */
  session: (id: Hash) => `session:id:${id}`,
  /** Hash, field = session hash, value = `<client reference> <grant id>`: the MCP sessions of one account. */
  sessionsOfAccount: (id: AccountId) => `session:of:${id}`,
  /**
   * Set of session hashes: the MCP sessions that belong to a grant. After two grants have used a session at once it may
   * have some that belong to another by now: the record decides.
   */
  sessionsOfGrant: (id: GrantId) => `session:grant:${id}`,
  /** Set of account ids that have MCP sessions. */
  sessionAccounts: "session:accounts",
} as const;

/** What only the auth-server may read: each key of these kinds starts with its prefix. */
export const secretKeyPrefixes = { upstream: "upstream:", refreshToken: "token:refresh:" } as const;
