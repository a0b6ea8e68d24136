import type { AccountId, GrantId, Hash } from "@fjmcp/shared/ids";

export type TokenKind = "access" | "refresh" | "code";

interface TokenRecord {
  readonly kind: TokenKind;
  readonly hash: Hash;
  readonly grantId: GrantId;
  readonly accountId: AccountId;
  /** JSON without the token itself. */
  readonly payload: string;
  readonly expiresInSec: number;
  readonly source?: PresentedCredential;
}

/** What is redeemed once for the tokens of a grant: an authorization code or a device code. */
export type CodeKind = "code" | "device_code";

/** The code or refresh token that the current request has presented, and is issued tokens for. */
export interface PresentedCredential {
  readonly kind: CodeKind | "refresh";
  readonly hash: Hash;
  /** Of a code: the moment of the redemption that this request won, as `redeemCode` returned it. */
  readonly redeemedAtMs?: number;
  /** True with the last token of the response: once it is stored, a client may hold them all. */
  readonly completesResponse: boolean;
}

/** The outcomes of presenting a code: only `redeemed` may lead to tokens. */
export const redemptions = ["redeemed", "double_submit", "replay", "unknown"] as const;
type Redemption = (typeof redemptions)[number];

/**
 * The outcomes of presenting a refresh token. `rotated` also within the grace period after an earlier rotation;
 * `pending` after it, while that rotation may still be in flight.
 */
export const rotations = ["rotated", "pending", "replay", "unknown"] as const;
type Rotation = (typeof rotations)[number];

/** Token records. A stored one means that its grant is alive. Rejects with StoreUnavailableError. */
export interface TokenStore {
  /**
   * Stores a record and extends its grant and the grant's indexes to live at least as long. `rejected`, and nothing
   * stored, when the grant is not alive or the code was redeemed again meanwhile. A refresh token that is already stored
   * stays as it is. Of the access tokens, the 5 newest of one code or rotation and the 20 newest of a grant live on. A
   * rotated refresh token is kept for a day after its response is complete.
   */
  store(record: TokenRecord): Promise<"stored" | "rejected">;
  find(kind: TokenKind, hash: Hash): Promise<string | undefined>;
  /**
   * Decides over all processes which request redeems the code (RFC 6749 §10.5). The winner's tokens are to be stored with
   * `redeemedAtMs`.
   */
  redeemCode(
    code: Hash,
    kind?: CodeKind,
  ): Promise<{ outcome: Redemption; grantId: GrantId | undefined; redeemedAtMs: number }>;
  /** Records the moment of the first rotation, once; again only if that rotation was never completed. */
  rotateRefreshToken(token: Hash): Promise<{ outcome: Rotation; grantId: GrantId | undefined }>;
}
