import { html } from "hono/html";
import type { PendingAuthorization } from "../../provider/pending-authorizations.ts";
import { displayName } from "./display-name.ts";
import { pageLayout, type Html } from "./page-layout.ts";
import { redirectTarget, type RedirectTarget } from "./redirect-target.ts";

/** Asks for consent to one client before the redirect to Forgejo, which itself asks only once for all clients together. */
export function consentPage(view: {
  pending: PendingAuthorization;
  forgejoHost: string;
  action: string;
  csrf: string;
}): Html {
  const name = displayName(view.pending.clientName);
  const target = redirectTarget(view.pending.redirectUri);
  return pageLayout(
    `Allow ${name}?`,
    html`<p class="brand">fjmcp · ${view.forgejoHost}</p>
      <h1>Allow “${name}” to use your Forgejo account?</h1>
      <dl>
        <dt>Sends you back to</dt>
        <dd><strong>${target.label}</strong></dd>
        <dt>Identity</dt>
        <dd><span class="tag">unverified registration</span></dd>
      </dl>
      ${warning(target)}
      <p>It will be able to do this on ${view.forgejoHost}, as you:</p>
      <ul>
        <li>
          Read your repositories, issues, pull requests, organizations and notifications, private ones too
        </li>
        <li>Create, change and delete them: write code, open and close issues, comment, merge</li>
      </ul>
      <form method="post" action="${view.action}">
        <input type="hidden" name="csrf" value="${view.csrf}" />
        <label class="tick">
          <input type="checkbox" name="started" value="yes" required />
          I started this: I have just asked this application to connect.
        </label>
        <button type="submit" name="decision" value="deny" formnovalidate>Deny</button>
        <button type="submit" name="decision" value="allow" class="primary">Allow</button>
      </form>
      <p class="soft actions">
        The name above is what the application calls itself; it has not been checked. After “Allow” you sign
        in on ${view.forgejoHost}.
      </p>`,
  );
}

function warning(target: RedirectTarget): Html {
  if (target.kind === "loopback") {
    return html`<p class="warning">
      This goes to a program on your own computer. Allow it only if you have just started connecting from a
      program there: any other one could pose as it.
    </p>`;
  }
  if (target.kind === "app") {
    return html`<p class="warning">
      This opens an app on your device, the one for <code>${target.label}</code> links. Allow it only if you
      have just started connecting from that app.
    </p>`;
  }
  return html``;
}
