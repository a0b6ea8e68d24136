import type { AccountId } from "@fjmcp/shared/ids";
import type { UpstreamTimes } from "../../grant/token-store.ts";

/** A Forgejo access token that has not expired. */
export interface UpstreamToken {
  readonly accessToken: string;
  /** Seconds since the epoch. */
  readonly issuedAtSec: number;
  /** Seconds since the epoch. */
  readonly expiresAtSec: number;
}

/**
 * All reject with LoginRequiredError (the tokens are invalid or not stored, or the user may not sign in; the account's grants are revoked by then),
 * UserSuspendedError or UpstreamMisconfiguredError (these change nothing), UpstreamUnavailableError or
 * StoreUnavailableError.
 */
export interface UpstreamTokens {
  /**
   * The account's Forgejo token, refreshed first when past half its life. When Forgejo is unavailable or rejects our
   * client, or the refresh needs more than some seconds, it is the old token as long as that has not expired; the
   * refresh continues. Forgejo is asked about the user at most once a minute.
   */
  fresh(account: AccountId): Promise<UpstreamToken>;
  /**
   * As `fresh`, without the token. Nothing is done, and nothing read, by `times` within a minute of the last check of the
   * user, unless the tokens are past half their life.
   */
  keepFresh(account: AccountId, times?: UpstreamTimes): Promise<void>;
  /** Asks Forgejo about the user now; resolves when the user may use it. */
  check(account: AccountId): Promise<void>;
  /** Asks Forgejo now whether the user administers it. */
  isAdministrator(account: AccountId): Promise<boolean>;
}
