import { LoginRequiredError } from "./login-required-error.ts";

/** The administrator does not, or no longer, let this user sign in: its grants are revoked, its Forgejo tokens deleted. */
export class UserNotAllowedError extends LoginRequiredError {
  /** The login name, for display. */
  readonly login: string;

  constructor(login: string) {
    super("The user is not allowed to sign in");
    this.login = login;
  }
}
