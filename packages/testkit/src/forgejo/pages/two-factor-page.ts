import { html } from "hono/html";
import type { Instance } from "../instance.ts";
import { csrfField, page } from "./page.ts";

/** The passcode that every user's authenticator application shows. */
export const passcode = "123456";

export function twoFactorPage(instance: Instance, options: { csrf: string; error?: string }) {
  const { csrf, error } = options;
  return page(
    "Two-factor authentication",
    html`<form method="post" action="/user/two_factor">
        ${csrfField(instance.settings, csrf)}
        ${error === undefined ? "" : html`<p class="error">${error}</p>`}
        <label for="passcode">Passcode</label>
        <input id="passcode" name="passcode" inputmode="numeric" autocomplete="off" autofocus required />
        <button type="submit">Verify</button>
      </form>
      <p>The passcode is always <code>${passcode}</code>.</p>`,
  );
}
