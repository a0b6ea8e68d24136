import { html } from "hono/html";
import type { UserState } from "../user-state.ts";
import { page } from "./page.ts";

/** The page of an account that may not sign in, else `undefined`. Forgejo sends it with status 200. */
export function lockedAccountPage(state: UserState) {
  switch (state) {
    case "prohibited":
    case "not-active":
      return page(
        "Sign in prohibited",
        html`<p>Your account is prohibited from signing in, please contact your site administrator.</p>`,
      );
    case "email-not-confirmed":
      return page(
        "Activate your account",
        html`<p>You have an unconfirmed email address. Please confirm it before you sign in.</p>`,
      );
    default:
      return undefined;
  }
}
