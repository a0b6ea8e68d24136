import type { AccountId, GrantId, Hash } from "@fjmcp/shared/ids";

/** The Redis keys that only the auth-server uses; shared's `redisKeys` has those of both daemons. */
export const authKeys = {
  /** Hash: payload, grant, rotatedAtMs once rotated, completed once all tokens of a rotation are stored. */
  refreshToken: (token: Hash) => `token:refresh:${token}`,
  /** Hash: payload, grant, redeemedAtMs once redeemed, completed once all tokens for it are stored. */
  code: (code: Hash) => `token:code:${code}`,
  /** Sorted set of the keys of the grant's token records; score = expiry in seconds since the epoch. */
  grantTokens: (grant: GrantId) => `grant-tokens:${grant}`,
  /** String: the tombstone of a revoked grant. */
  revokedGrant: (grant: GrantId) => `revoked-grant:${grant}`,
  /** Hash: the account's grants, field = grant id, value = client id. */
  accountGrants: (account: AccountId) => `account-grants:${account}`,
  /** String, under the hash of its id: an encrypted interaction of oidc-provider. */
  interaction: (interaction: string) => `interaction:${interaction}`,
  /** String: the hash of the login cookie that a login through Forgejo is bound to. */
  loginState: (state: Hash) => `login-state:${state}`,
  /** String: `running` while one request finishes the login, then its outcome, encrypted under the login cookie. */
  loginOutcome: (state: Hash) => `login-outcome:${state}`,
  /** Hash: the vault's record of an account, see upstream-record-store.ts. */
  upstream: (forgejoClientId: string, account: AccountId) => `upstream:${forgejoClientId}:${account}`,
  /** String: the owner of the lock on the refresh of the account's Forgejo tokens. */
  upstreamLock: (forgejoClientId: string, account: AccountId) =>
    `upstream-lock:${forgejoClientId}:${account}`,
  /** String: the URL of the Forgejo whose accounts these are. */
  forgejoUrl: "forgejo-url",
  /** String: the Forgejo application and the id of the vault key that every `upstream` record depends on. */
  vaultIdentity: "vault-identity",
} as const;

/** An id that no key contains. */
const anyId = "\0";

/** The prefix of all keys of a kind that begin with the `known` ids, for scripts and scans that do not know the others. */
export function prefixOf(keyOf: (...ids: never[]) => string, ...known: readonly string[]): string {
  const ids = Array.from({ length: keyOf.length }, (_, index) => known[index] ?? anyId);
  return keyOf(...(ids as never[])).split(anyId, 1)[0]!;
}
