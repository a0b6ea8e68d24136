import { html } from "hono/html";
import { pageLayout, type Html } from "./page-layout.ts";

/** Forgejo does not serve this user at present; `message` is its own sentence. */
export function suspendedPage(view: { message: string; retryUrl: string; reference: string }): Html {
  return pageLayout(
    "Forgejo does not let you in",
    html`<p class="brand">fjmcp</p>
      <h1>Forgejo does not let you in</h1>
      <p>You signed in, but Forgejo does not let your account use it at present. It says:</p>
      <p><strong>${view.message}</strong></p>
      <p>Do in Forgejo what it asks for, or ask its administrator, then try again.</p>
      <p><a class="button primary" href="${view.retryUrl}">Try again</a></p>
      <p class="soft">Reference for the administrator: <code>${view.reference}</code></p>`,
  );
}
