import { html } from "hono/html";
import { hostText } from "./breakable-text.ts";
import type { Html } from "./page-layout.ts";

/** How to go on with another Forgejo account: Forgejo signs out by a form only, so that the link is its start page. */
export function accountHint(forgejoUrl: string): Html {
  const { host } = new URL(forgejoUrl);
  return html`<p class="soft">
    Signed in with the wrong account?
    <a href="${forgejoUrl}/" target="_blank" rel="noreferrer">Sign out at ${hostText(host)}</a>, then try
    again and sign in with the other one.
  </p>`;
}
