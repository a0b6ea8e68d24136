/**
 * Forgejo serves its API to this user no longer, or not yet: it is prohibited from signing in, not activated, or must
 * change its password or set up two-factor authentication first. Its tokens stay good, and everything works again once
 * the cause is gone. Its message is Forgejo's own sentence, for the user.
 */
export class UserSuspendedError extends Error {
  override readonly name = "UserSuspendedError";
}
