import { html } from "hono/html";
import type { Instance } from "../instance.ts";
import { csrfField, page } from "./page.ts";

export function loginPage(instance: Instance, options: { csrf: string; error?: string }) {
  const { csrf, error } = options;
  return page(
    "Sign in",
    html`<form method="post" action="/user/login">
        ${csrfField(instance.settings, csrf)}
        ${error === undefined ? "" : html`<p class="error">${error}</p>`}
        <label for="user_name">Username or email address</label>
        <input id="user_name" name="user_name" autocomplete="username" autofocus required />
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required />
        <button type="submit">Sign in</button>
      </form>
      <h2>Users</h2>
      <ul>
        ${instance.users.all.map(
          (user) => html`<li><code>${user.name}</code>, password <code>${user.password}</code></li>`,
        )}
      </ul>`,
  );
}
