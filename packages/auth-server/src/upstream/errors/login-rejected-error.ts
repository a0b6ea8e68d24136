/** Forgejo rejected the authorization code, or the user may not sign in. */
export class LoginRejectedError extends Error {
  override readonly name = "LoginRejectedError";
}
