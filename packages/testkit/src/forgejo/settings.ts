/** What an administrator would set in Forgejo's `app.ini`, and the versions whose habits differ. */
export interface SandboxSettings {
  accessTokenSeconds: number;
  refreshTokenSeconds: number;
  /** Forgejo ≤ 13: forms carry a hidden `_csrf` and a POST without it is refused. */
  csrf: boolean;
  /** How a 401 of the API reads: from v16 on it holds the token, twice. */
  unauthorizedStyle: "v15" | "v16";
  /** `INVALIDATE_REFRESH_TOKENS`, on by default since v9. */
  invalidateRefreshTokens: boolean;
}

export const defaultSettings: SandboxSettings = {
  accessTokenSeconds: 3600,
  refreshTokenSeconds: 730 * 3600,
  csrf: false,
  unauthorizedStyle: "v16",
  invalidateRefreshTokens: true,
};
