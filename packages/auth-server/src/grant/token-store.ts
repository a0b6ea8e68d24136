import type { AccountId, ClientId, GrantId, Hash } from "@fjmcp/shared/ids";

export type TokenKind = "access" | "refresh" | "code";

export interface TokenRecord {
  readonly kind: TokenKind;
  readonly hash: Hash;
  readonly grantId: GrantId;
  readonly accountId: AccountId;
  readonly clientId: ClientId;
  /** JSON without the token itself. */
  readonly payload: string;
  readonly expiresInSec: number;
  readonly source?: PresentedCredential;
}

/** The code or refresh token that the request at hand has used, and is to be answered with tokens for. */
export interface PresentedCredential {
  readonly kind: "code" | "refresh";
  readonly hash: Hash;
  /** Of a code: the moment of the redemption that this request won, as `redeemCode` gave it. */
  readonly redeemedAtMs?: number;
  /** True with the last token of the answer: from now on a client may hold them. */
  readonly completesResponse: boolean;
}

/** What became of a presented code: only `redeemed` may be answered with tokens. */
export type Redemption = "redeemed" | "double_submit" | "replay" | "gone";

/**
 * What became of a presented refresh token: `rotated` also inside the grace after an earlier rotation; `pending` after it,
 * while that may still be answered.
 */
export type Rotation = "rotated" | "pending" | "replay" | "gone";

/** Token records. A stored one means that its grant is alive. Rejects with StoreUnavailableError. */
export interface TokenStore {
  /**
   * Stores a record and extends its grant and the grant's indexes to live at least as long. `ended` when the grant is
   * not alive, or another redemption of the code was let in meanwhile: nothing is stored. A refresh token that is
   * stored already stays as it is.
   */
  store(record: TokenRecord): Promise<"stored" | "ended">;
  find(kind: TokenKind, hash: Hash): Promise<string | undefined>;
  /**
   * Decides over all processes who redeems the code; the winner's client registration is kept for good. `redeemedAtMs` is
   * what the winner's tokens are to be stored with.
   */
  redeemCode(
    code: Hash,
  ): Promise<{ outcome: Redemption; grantId: GrantId | undefined; redeemedAtMs: number }>;
  /** Writes the moment of the first rotation, once; again only if it was never answered. */
  rotateRefreshToken(token: Hash): Promise<{ outcome: Rotation; grantId: GrantId | undefined }>;
}
