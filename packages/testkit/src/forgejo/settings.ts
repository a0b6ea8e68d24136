/** Settings of Forgejo's `app.ini`, and behaviour that differs between its versions. */
export interface SandboxSettings {
  accessTokenSeconds: number;
  refreshTokenSeconds: number;
  /** Forgejo ≤ 13: forms carry a hidden `_csrf` and a POST without it is rejected. */
  csrf: boolean;
  /** The message of the API's 401: from v16 on it contains the token, twice. */
  unauthorizedStyle: "v15" | "v16";
  /** The reply of `GET /api/v1/version`; `undefined`: 404, as on a server that is not a Forgejo. */
  version: string | undefined;
  /** `INVALIDATE_REFRESH_TOKENS`, on by default since v9. */
  invalidateRefreshTokens: boolean;
}

export const defaultSettings: SandboxSettings = {
  accessTokenSeconds: 3600,
  refreshTokenSeconds: 730 * 3600,
  csrf: false,
  unauthorizedStyle: "v16",
  version: "16.0.0+gitea-1.22.0",
  invalidateRefreshTokens: true,
};
