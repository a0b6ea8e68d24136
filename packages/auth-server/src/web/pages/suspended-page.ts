import { html } from "hono/html";
import { accountHint } from "./account-hint.ts";
import { textWithUrls } from "./breakable-text.ts";
import { pageLayout, type Html } from "./page-layout.ts";

/**
 * Forgejo does not serve this user at present; `message` is its own sentence. Trying again helps only after the user has
 * done in Forgejo what it asks for, so it is the second step.
 */
export function suspendedPage(view: {
  message: string;
  forgejoUrl: string;
  retryUrl: string;
  reference: string;
}): Html {
  return pageLayout(
    "Forgejo does not let you in",
    html`<p class="brand">fjmcp</p>
      <h1>Forgejo does not let you in</h1>
      <p>You signed in, but Forgejo does not let your account use it at present. It says:</p>
      <p><strong>${textWithUrls(view.message)}</strong></p>
      <ol>
        <li>
          <p>Do in Forgejo what it asks for, or ask its administrator.</p>
          <a class="button primary" href="${view.forgejoUrl}/" target="_blank" rel="noreferrer"
            >Open Forgejo</a
          >
        </li>
        <li>
          <p>Come back to this page and try again.</p>
          <a class="button" href="${view.retryUrl}">Try again</a>
        </li>
      </ol>
      ${accountHint(view.forgejoUrl)}
      <p class="soft">Reference for the administrator: <code>${view.reference}</code></p>`,
  );
}
