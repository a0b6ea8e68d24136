/** The account has as many grants as it may have, and each of them belongs to a login in flight. */
export class TooManyLoginsError extends Error {
  override readonly name = "TooManyLoginsError";

  constructor() {
    super("The account has too many logins in flight");
  }
}
