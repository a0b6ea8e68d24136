/** The account has no valid Forgejo tokens and its grants are revoked: the user must sign in again. */
export class LoginRequiredError extends Error {
  override readonly name = "LoginRequiredError";
}
