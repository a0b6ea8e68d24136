import { html } from "hono/html";
import type { UserState } from "../user-state.ts";
import { page } from "./page.ts";

/** The security settings. The sandbox has no enrolment: a control sets the state. */
export function securityPage(state: UserState) {
  const message =
    state === "two-factor-missing"
      ? html`<p class="error">You must enable two-factor authentication before you can continue.</p>`
      : html`<p>Two-factor authentication is ${state === "two-factor" ? "on" : "off"}.</p>`;
  return page("Security", message);
}
