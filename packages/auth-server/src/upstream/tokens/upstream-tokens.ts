import type { AccountId } from "@fjmcp/shared/ids";

/** A Forgejo access token that is good now. */
export interface UpstreamToken {
  readonly accessToken: string;
  /** Seconds since the epoch. */
  readonly issuedAtSec: number;
  /** Seconds since the epoch. */
  readonly expiresAtSec: number;
  /** Space-separated Forgejo scopes, as introspected at login. */
  readonly scope: string;
}

/** The vault as its users see it. */
export interface UpstreamTokens {
  /**
   * The account's token, refreshed first when past half its life. While Forgejo can not be reached, or when that
   * takes more than some seconds, a token that has not expired is given as it is; the refresh goes on. Rejects with LoginRequiredError (the record is dead or gone) or
   * UpstreamUnavailableError.
   */
  fresh(account: AccountId): Promise<UpstreamToken>;
}
