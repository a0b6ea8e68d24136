/** Forgejo rejected the code or refresh token (`invalid_grant` or `unauthorized_client`). */
export class TokenRejectedError extends Error {
  override readonly name = "TokenRejectedError";
}
