/** The account's Forgejo tokens went with its last grant while a login was under way: nothing is kept of that one. */
export class AccountDisconnectedError extends Error {
  override readonly name = "AccountDisconnectedError";

  constructor() {
    super("The account was disconnected during the login");
  }
}
