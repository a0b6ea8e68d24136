import type { AccountId } from "@fjmcp/shared/ids";
import type { AuthorizationFailure, PendingAuthorization } from "../provider/pending-authorizations.ts";
import type { LoginAttempt } from "./login-cookie.ts";
import type { LoginFault } from "./login-fault.ts";

/** Why a login to the page of connections failed; `not_allowed`: the administrator does not let this user sign in. */
export type SignInFailure = AuthorizationFailure | "not_allowed";

/** What a user has allowed a client. */
export interface ChosenAccess {
  readonly client: Pick<PendingAuthorization, "clientId" | "clientName" | "redirectUri">;
  /** See access-text.ts. */
  readonly access: string;
}

/**
 * How a login goes on for the browser. It is stored as JSON, encrypted under the cookie of the login. `retryPath` is
 * where the user can try again.
 */
export type LoginOutcome =
  | {
      readonly kind: "redirect";
      readonly location: string;
      /** The account that this login has connected. */
      readonly connected?: AccountId | undefined;
      /** What its user has chosen for that; undefined also for a personal token. */
      readonly chosen?: ChosenAccess | undefined;
    }
  /**
   * Another account was connected from this browser before: its user decides whether to go on, on a page whose form
   * carries `confirmation`. `redirectUri` is the client's; undefined for a device.
   */
  | {
      readonly kind: "other_account";
      readonly login: string;
      readonly clientName: string | undefined;
      readonly redirectUri: string | undefined;
      readonly path: string;
      readonly confirmation: string;
    }
  /** Signed in to the pages about connections, of which `path` is one: `sessionId` is the secret for the cookie. */
  | { readonly kind: "signed_in"; readonly sessionId: string; readonly path: string }
  /** A login to that page failed: there is no client that an error could be returned to. */
  | { readonly kind: "sign_in_failed"; readonly error: SignInFailure; readonly detail: string }
  /** This browser has no such login pending: nothing was changed, and the client gets no response. */
  | { readonly kind: "no_pending_login"; readonly fault: LoginFault; readonly detail: string }
  | { readonly kind: "insufficient_scope"; readonly missing: readonly string[]; readonly retryPath: string }
  /** Forgejo does not serve this user at present; `message` is its own sentence. */
  | { readonly kind: "suspended"; readonly message: string; readonly retryPath: string }
  /** The administrator does not let this user sign in; `location` leads to the client, with `access_denied`. */
  | { readonly kind: "not_allowed"; readonly login: string; readonly location: string }
  /** Forgejo rejected its own code: the browser gets another one there, with a new cookie. */
  | { readonly kind: "repeat"; readonly attempt: LoginAttempt; readonly location: string };

export function noPendingLogin(fault: LoginFault, detail: string): LoginOutcome {
  return { kind: "no_pending_login", fault, detail };
}
