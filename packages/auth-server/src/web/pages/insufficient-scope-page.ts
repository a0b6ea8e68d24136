import { html } from "hono/html";
import { accountHint } from "./account-hint.ts";
import { pageLayout, type Html } from "./page-layout.ts";

/**
 * Forgejo keeps an older grant with a narrower scope: only the user can revoke it there. Trying again helps only after
 * that, so it is the second step.
 */
export function insufficientScopePage(view: {
  missing: readonly string[];
  forgejoUrl: string;
  retryUrl: string;
  reference: string;
}): Html {
  return pageLayout(
    "Forgejo granted too little",
    html`<p class="brand">fjmcp</p>
      <h1>Forgejo granted too little</h1>
      <p>
        You once allowed this server in Forgejo with fewer permissions, and Forgejo keeps to that. These are
        missing:
      </p>
      <ul>
        ${view.missing.map((scope) => html`<li><code>${scope}</code></li>`)}
      </ul>
      <ol>
        <li>
          <p>
            Open your applications in Forgejo and revoke the access of this server under “Authorized OAuth2
            applications”. Clients that you connected before must be connected again.
          </p>
          <a
            class="button primary"
            href="${view.forgejoUrl}/user/settings/applications"
            target="_blank"
            rel="noreferrer"
            >Open Forgejo’s settings</a
          >
        </li>
        <li>
          <p>Come back to this page and try again. Forgejo then asks for all permissions.</p>
          <a class="button" href="${view.retryUrl}">Try again</a>
        </li>
      </ol>
      ${accountHint(view.forgejoUrl)}
      <p class="soft">Reference for the administrator: <code>${view.reference}</code></p>`,
  );
}
