import { html } from "hono/html";
import { accountHint } from "./account-hint.ts";
import { pageLayout, type Html } from "./page-layout.ts";

/** The administrator does not let this user sign in. `continueUrl` leads to the client, which gets `access_denied`. */
export function notAllowedPage(view: {
  login: string;
  forgejoUrl: string;
  continueUrl: string;
  reference: string;
}): Html {
  return pageLayout(
    "You may not use this server",
    html`<p class="brand">fjmcp</p>
      <h1>You may not use this server</h1>
      <p>
        You are signed in to Forgejo as <strong><bdi>${view.login}</bdi></strong
        >, and the administrator of this server has not allowed that account to use it. Your MCP client got no
        access.
      </p>
      <ol>
        <li>
          <p>Ask the administrator of this server to allow your account, and name the reference below.</p>
        </li>
        <li>
          <p>Go back to your MCP client, which learns that it got no access.</p>
          <a class="button primary" href="${view.continueUrl}">Back to your MCP client</a>
        </li>
      </ol>
      ${accountHint(view.forgejoUrl)}
      <p class="soft">Reference for the administrator: <code>${view.reference}</code></p>`,
  );
}
