import type { AccountId } from "@fjmcp/shared/ids";

/** A Forgejo access token that has not expired. */
export interface UpstreamToken {
  readonly accessToken: string;
  /** Seconds since the epoch. */
  readonly issuedAtSec: number;
  /** Seconds since the epoch. */
  readonly expiresAtSec: number;
  /** Space-separated Forgejo scopes, as introspected at login. */
  readonly scope: string;
}

export interface UpstreamTokens {
  /**
   * The account's Forgejo token, refreshed first when past half its life. When Forgejo is unavailable, or the refresh
   * needs more than some seconds, it is the old token as long as that has not expired; the refresh continues. Rejects
   * with LoginRequiredError (the tokens are invalid or not stored), UpstreamUnavailableError or StoreUnavailableError.
   */
  fresh(account: AccountId): Promise<UpstreamToken>;
}
