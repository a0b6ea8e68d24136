/** The account's last grant, and with it its Forgejo tokens, was revoked during a login. That login stores nothing. */
export class AccountDisconnectedError extends Error {
  override readonly name = "AccountDisconnectedError";

  constructor() {
    super("The account was disconnected during the login");
  }
}
