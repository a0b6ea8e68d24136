import { html } from "hono/html";
import type { Instance } from "../instance.ts";
import { csrfField, page } from "./page.ts";

export function changePasswordPage(instance: Instance, options: { csrf: string; error?: string }) {
  const { csrf, error } = options;
  return page(
    "Update your password",
    html`<form method="post" action="/user/settings/change_password">
      ${csrfField(instance.settings, csrf)} ${error === undefined ? "" : html`<p class="error">${error}</p>`}
      <label for="password">New password</label>
      <input id="password" name="password" type="password" autocomplete="new-password" autofocus required />
      <label for="retype">Confirm new password</label>
      <input id="retype" name="retype" type="password" autocomplete="new-password" required />
      <button type="submit">Update password</button>
    </form>`,
  );
}
