/** Forgejo refuses this code or refresh token (`invalid_grant` or `unauthorized_client`). */
export class TokenRefusedError extends Error {
  override readonly name = "TokenRefusedError";
}
