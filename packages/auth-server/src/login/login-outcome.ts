import type { LoginAttempt } from "./login-cookie.ts";
import type { LoginFault } from "./login-fault.ts";

/** How a login goes on for the browser. It is stored as JSON, encrypted under the cookie of the login. */
export type LoginOutcome =
  | { readonly kind: "redirect"; readonly location: string }
  /** This browser has no such login pending: nothing was changed, and the client gets no response. */
  | { readonly kind: "no_pending_login"; readonly fault: LoginFault; readonly detail: string }
  | { readonly kind: "insufficient_scope"; readonly missing: readonly string[]; readonly uid: string }
  /** Forgejo does not serve this user at present; `message` is its own sentence. */
  | { readonly kind: "suspended"; readonly message: string; readonly uid: string }
  /** The administrator does not let this user sign in; `location` leads to the client, with `access_denied`. */
  | { readonly kind: "not_allowed"; readonly login: string; readonly location: string }
  /** Forgejo rejected its own code: the browser gets another one there, with a new cookie. */
  | { readonly kind: "repeat"; readonly attempt: LoginAttempt; readonly location: string };

export function noPendingLogin(fault: LoginFault, detail: string): LoginOutcome {
  return { kind: "no_pending_login", fault, detail };
}
