/** The account has no living Forgejo tokens: its grants have ended, and the user must log in again. */
export class LoginRequiredError extends Error {
  override readonly name = "LoginRequiredError";
}
