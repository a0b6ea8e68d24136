import type { AccountId, GrantId, Hash } from "@fjmcp/shared/ids";

export type TokenKind = "access" | "refresh" | "code";

export interface TokenRecord {
  readonly hash: Hash;
  /** JSON without the token itself. */
  readonly payload: string;
  readonly expiresInSec: number;
}

/** What is stored in one step: the code of a grant, or the tokens of one response. */
export interface Issue {
  readonly grantId: GrantId;
  readonly accountId: AccountId;
  readonly tokens: Readonly<Partial<Record<TokenKind, TokenRecord>>>;
  readonly source?: PresentedCredential;
}

/** Of an account's Forgejo tokens, in seconds since the epoch; 0 where it is not known. */
export interface UpstreamTimes {
  /** When a check of the user was last begun. */
  readonly checkedSec: number;
  /** When they are to be refreshed. */
  readonly renewAtSec: number;
}

/** What is stored of a code or refresh token that a client presents, and of its grant, at one moment. */
export interface PresentedToken {
  readonly payload: string;
  /** The Grant (JSON), while it is alive. */
  readonly grant?: string;
  /** With a refresh token, what is known of the Forgejo tokens that the grant rests on. */
  readonly upstream: UpstreamTimes;
}

/** What is redeemed once for the tokens of a grant: an authorization code or a device code. */
type CodeKind = "code" | "device_code";

/** The code or refresh token that the current request has presented, and is issued tokens for. */
export interface PresentedCredential {
  readonly kind: CodeKind | "refresh";
  readonly hash: Hash;
}

/**
 * The outcomes of issuing tokens; only `issued` has stored them. `rejected`: the grant is not alive, or what was presented is
 * not of it. `double_submit`: the code was redeemed before, within a client's own mistake. `replay`: it was earlier, or the
 * refresh token was rotated before and its grace period is over.
 */
export const issueOutcomes = ["issued", "rejected", "double_submit", "replay"] as const;
export type IssueOutcome = (typeof issueOutcomes)[number];

/** Token records. A stored one means that its grant is alive. Rejects with StoreUnavailableError. */
export interface TokenStore {
  /**
   * Stores tokens in one step, and extends their grant and the grant's indexes to live at least as long. A code as `source`
   * is redeemed in the same step, once over all processes (RFC 6749 §10.5). A refresh token is rotated in it: the moment of
   * its first rotation is recorded once, it is kept for a day, and within the grace period it may be presented again. A
   * refresh token that is already stored stays as it is. Of the access tokens, the 5 newest of one code or rotation and the
   * 20 newest of a grant live on. With a `source` it is idempotent, and repeated for some seconds while the store is
   * unavailable; all windows end as they did at the first attempt.
   */
  issue(issue: Issue): Promise<IssueOutcome>;
  /** The payload of an access token. */
  findAccess(hash: Hash): Promise<string | undefined>;
  findPresented(kind: "code" | "refresh", hash: Hash): Promise<PresentedToken | undefined>;
}
