import { html } from "hono/html";
import { pageLayout, type Html } from "./page-layout.ts";

/** Forgejo keeps an older grant with a narrower scope: only the user can revoke it there. */
export function insufficientScopePage(view: {
  missing: readonly string[];
  grantSettingsUrl: string;
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
      <p>
        Open your applications in Forgejo, revoke the access of this server under “Authorized OAuth2
        applications”, then try again.
      </p>
      <p class="actions">
        <a class="button" href="${view.grantSettingsUrl}" target="_blank" rel="noreferrer"
          >Open Forgejo’s settings</a
        >
        <a class="button primary" href="${view.retryUrl}">Try again</a>
      </p>
      <p class="soft">Reference for the administrator: <code>${view.reference}</code></p>`,
  );
}
