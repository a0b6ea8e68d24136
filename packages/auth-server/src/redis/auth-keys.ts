import type { AccountId, GrantId, Hash } from "@fjmcp/shared/ids";

/** The Redis keys that only the auth-server uses; shared's `redisKeys` has those of both daemons. */
export const authKeys = {
  /** Hash: payload, grant, rotatedAtMs once rotated, in the step that stores its successor. */
  refreshToken: (token: Hash) => `token:refresh:${token}`,
  /** Hash: payload, grant, redeemedAtMs once redeemed, in the step that stores its tokens. */
  code: (code: Hash) => `token:code:${code}`,
  /** Hash: payload; polledAtMs; once decided decided; once allowed grant, and then as of a code. */
  deviceCode: (code: Hash) => `device-code:${code}`,
  /** Sorted set of the keys of device codes; score = when each was issued, in milliseconds since the epoch. */
  deviceCodes: "device-codes",
  /** String: the hash of the device code to which a user code belongs. */
  userCode: (userCode: Hash) => `user-code:${userCode}`,
  /** Sorted set of the keys of user codes; score = when each was issued, in milliseconds since the epoch. */
  userCodes: "user-codes",
  /** String: how many wrong user codes a browser has sent. */
  wrongUserCodes: (browser: Hash) => `wrong-user-codes:${browser}`,
  /** Sorted set of their keys; score = when each browser sent its first one, in milliseconds since the epoch. */
  userCodeBrowsers: "user-code-browsers",
  /** Sorted set of the keys of the grant's codes and refresh tokens; score = expiry in seconds since the epoch. */
  grantTokens: (grant: GrantId) => `grant-tokens:${grant}`,
  /** List of the grant's access tokens, the newest first: `<key> <end of the key of the code or refresh token it is for>`. */
  grantAccessTokens: (grant: GrantId) => `grant-access-tokens:${grant}`,
  /** List: the names of the tools that were called last with the grant, the last one first. */
  grantTools: (grant: GrantId) => `grant-tools:${grant}`,
  /** String: the tombstone of a revoked grant. */
  revokedGrant: (grant: GrantId) => `revoked-grant:${grant}`,
  /** Sorted set of the account's grants; score = expiry in seconds since the epoch. */
  accountGrants: (account: AccountId) => `account-grants:${account}`,
  /** Sorted set of those that a client has claimed tokens of; score = last use in milliseconds since the epoch. */
  accountGrantsByUse: (account: AccountId) => `account-grants-by-use:${account}`,
  /** Sorted set of those that are personal tokens; score = expiry in seconds since the epoch. */
  accountPersonalTokens: (account: AccountId) => `account-personal-tokens:${account}`,
  /** String, under the hash of its id: an encrypted interaction of oidc-provider. */
  interaction: (interaction: string) => `interaction:${interaction}`,
  /** Sorted set of the keys of interactions; score = when each was started, in milliseconds since the epoch. */
  interactions: "interactions",
  /** String: the last good document of a client whose id is the URL with this hash. */
  clientDocument: (url: Hash) => `client-document:${url}`,
  /** Sorted set of the keys of documents; score = when each was stored, in milliseconds since the epoch. */
  clientDocuments: "client-documents",
  /** String: the hash of the login cookie that a login through Forgejo is bound to. */
  loginState: (state: Hash) => `login-state:${state}`,
  /** Sorted set of the keys of states; score = when each login was started, in milliseconds since the epoch. */
  loginStates: "login-states",
  /**
   * String: `claimed-by:` and an owner while one request finishes the login, then its outcome, encrypted under the login
   * cookie.
   */
  loginOutcome: (state: Hash) => `login-outcome:${state}`,
  /** String, under the hash of its id: a session of the page of connections. */
  connectionsSession: (session: Hash) => `connections-session:${session}`,
  /** Sorted set of the hashes of an account's sessions; score = expiry in seconds since the epoch. */
  connectionsSessions: (account: AccountId) => `connections-sessions:${account}`,
  /** String, under the hash of its id: a form of that page that was sent, and has an effect once. */
  connectionsForm: (form: Hash) => `connections-form:${form}`,
  /** List, the newest first: what happened to the connections of an account. */
  accountHistory: (account: AccountId) => `account-history:${account}`,
  /** Hash: the vault's record of an account, see upstream-record-store.ts. */
  upstream: (forgejoClientId: string, account: AccountId) => `upstream:${forgejoClientId}:${account}`,
  /** String: the owner of the lock on the refresh of the account's Forgejo tokens. */
  upstreamLock: (forgejoClientId: string, account: AccountId) =>
    `upstream-lock:${forgejoClientId}:${account}`,
  /** String: the owner of the lock on the code exchanges with Forgejo. */
  tokenRequestLock: (forgejoClientId: string) => `token-request-lock:${forgejoClientId}`,
  /** String: how many requests a subject has sent in this minute, see rate-limiter.ts. */
  requestRate: (limit: string, subject: string) => `request-rate:${limit}:${subject}`,
  /** String: what all auth-servers of this Redis have in common, see installation-faults.ts. */
  installation: "installation",
  /** Sorted set of the running auth-servers; score = when each counts as ended, in milliseconds since the epoch. */
  authServers: "auth-servers",
} as const;

/** The keys of a grant's indexes. */
export function grantIndexKeys(account: AccountId) {
  return {
    accountGrants: authKeys.accountGrants(account),
    accountGrantsByUse: authKeys.accountGrantsByUse(account),
    accountPersonalTokens: authKeys.accountPersonalTokens(account),
  };
}

/** An id that no key contains. */
const anyId = "\0";

/** The prefix of all keys of a kind that begin with the `known` ids, for scripts and scans that do not know the others. */
export function prefixOf(keyOf: (...ids: never[]) => string, ...known: readonly string[]): string {
  const ids = Array.from({ length: keyOf.length }, (_, index) => known[index] ?? anyId);
  return keyOf(...(ids as never[])).split(anyId, 1)[0]!;
}
