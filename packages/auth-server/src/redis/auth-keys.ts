import type { AccountId, GrantId, Hash } from "@fjmcp/shared/ids";

/** The Redis keys that only the auth-server knows; those that both daemons know are in shared's redis-keys. */
export const authKeys = {
  /** Hash: payload, grant, client (its key), rotatedAtMs once it was used, and answered once all tokens for it were stored. */
  refreshToken: (token: Hash) => `token:refresh:${token}`,
  /** Hash: payload, grant, client (its key), redeemedAtMs once it was used, and answered once all tokens for it were stored. */
  code: (code: Hash) => `token:code:${code}`,
  /** Sorted set of the keys of the grant's token records; score = expiry in seconds since the epoch. */
  grantTokens: (grant: GrantId) => `grant-tokens:${grant}`,
  /** The tombstone of a grant that was ended. */
  ended: (grant: GrantId) => `ended:${grant}`,
  /** Hash: the account's grants, field = grant id, value = client id. */
  account: (account: AccountId) => `account:${account}`,
  /** String: a client registration; no expiry once a code of it was redeemed. */
  client: (client: string) => `client:${client}`,
  /** String, under the hash of its id: what a person is being asked to consent to, sealed. */
  interaction: (interaction: string) => `interaction:${interaction}`,
  /** String: the hash of the attempt cookie that a login through Forgejo is bound to. */
  loginState: (state: Hash) => `upstate:${state}`,
  /** Hash: the vault's record of an account, see upstream-record-store.ts. */
  upstream: (forgejoClientId: string, account: AccountId | "") => `upstream:${forgejoClientId}:${account}`,
  /** String: who refreshes the account's Forgejo tokens now. */
  upstreamLock: (forgejoClientId: string, account: AccountId) =>
    `upstream-lock:${forgejoClientId}:${account}`,
  /** String: the Forgejo whose accounts these are. */
  upstreamUrl: "upstream-url",
  /** String: the application at Forgejo and the id of the vault key that all of `upstream` rests on. */
  upstreamVault: "upstream-vault",
} as const;

/** What the keys of a kind begin with, for a script that makes keys of what it finds. */
export function prefixOf(keyOf: (id: never) => string): string {
  return keyOf("" as never);
}
