/** Why a login cannot go on in this browser: each has a page of its own that says what to do. */
export type LoginFault =
  /** The request is no return from a login. */
  | "no_login"
  /** The login goes on, but in a browser that has its cookie. */
  | "other_browser"
  /** The cookie is missing right after it was set. */
  | "cookies_blocked"
  | "finished"
  | "expired"
  /** The login was started later than now. */
  | "clock_changed";
