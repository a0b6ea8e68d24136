/** The code was refused, or the user may not sign in. */
export class LoginRefusedError extends Error {
  override readonly name = "LoginRefusedError";
}
