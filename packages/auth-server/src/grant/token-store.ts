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
  /** The refresh token that this one was rotated from. */
  readonly follows?: Hash;
}

/** What became of a presented code: only `redeemed` may be answered with tokens. */
export type Redemption = "redeemed" | "double_submit" | "replay" | "gone";

/** What became of a presented refresh token: `rotated` also inside the grace after an earlier rotation. */
export type Rotation = "rotated" | "replay" | "gone";

/** Token records. A stored one means that its grant is alive. Rejects with StorageUnavailableError. */
export interface TokenStore {
  /**
   * Stores a record and extends its grant and the grant's indexes to live at least as long. `ended` when the grant is
   * not alive: nothing is stored. A refresh token that is stored already stays as it is.
   */
  store(record: TokenRecord): Promise<"stored" | "ended">;
  find(kind: TokenKind, hash: Hash): Promise<string | undefined>;
  /** Decides over all processes who redeems the code; the winner's client registration is kept for good. */
  redeemCode(code: Hash): Promise<{ outcome: Redemption; grantId: GrantId | undefined }>;
  /** Writes the moment of the first rotation, once; again only if no token that follows it was ever stored. */
  rotateRefreshToken(token: Hash): Promise<{ outcome: Rotation; grantId: GrantId | undefined }>;
}
