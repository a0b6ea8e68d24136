/**
 * The states of an account. In each of them its tokens stay valid and refreshes succeed; the API works again once the
 * state is `normal`.
 * - `two-factor`: TOTP is set up. The API works, a login asks for a passcode.
 * - `two-factor-missing`: the instance requires two-factor authentication and the user has not set it up. The API is
 *   403, a login ends at the security settings.
 * - `must-change-password`: the API is 403, a login asks for a new password first.
 * - `prohibited`: an administrator has locked the account. The API is 403, a login ends on an error page.
 * - `not-active`: as `prohibited`: the account is inactive, on an instance without email confirmation.
 * - `email-not-confirmed`: the account is inactive, on an instance with email confirmation.
 */
export const userStates = [
  "normal",
  "two-factor",
  "two-factor-missing",
  "must-change-password",
  "prohibited",
  "not-active",
  "email-not-confirmed",
] as const;
export type UserState = (typeof userStates)[number];
