import { html } from "hono/html";
import type { PendingAuthorization } from "../../provider/pending-authorizations.ts";
import { hostText, uriText } from "./breakable-text.ts";
import { displayName } from "./display-name.ts";
import { pageLayout, type Html } from "./page-layout.ts";
import { redirectTarget, type RedirectTarget } from "./redirect-target.ts";
import { describeScope } from "./scope-description.ts";

/**
 * Asks for consent to one client before the redirect to Forgejo, which itself asks only once for all clients together.
 * The client's name stands in a box of its own, never in a sentence or the heading: it must not speak for this page.
 */
export function consentPage(view: {
  pending: PendingAuthorization;
  forgejoUrl: string;
  /** Space-separated: what the client may do at Forgejo. */
  forgejoScope: string;
  action: string;
  csrf: string;
}): Html {
  const { host } = new URL(view.forgejoUrl);
  const target = redirectTarget(view.pending.redirectUri);
  return pageLayout(
    `Allow an application? · ${host}`,
    html`<p class="brand">fjmcp · ${hostText(host)}</p>
      <h1>Allow an application to use your Forgejo account?</h1>
      <dl>
        <dt>It calls itself</dt>
        <dd>${nameBox(displayName(view.pending.clientName))}</dd>
        <dt>Identity</dt>
        <dd><span class="tag">unverified registration</span></dd>
        <dt>Sends you back to</dt>
        <dd class="target">${hostText(target.label)}</dd>
        <dd class="uri">${uriText(target.uri)}</dd>
      </dl>
      ${warning(target)}
      <p>It will be able to do this on ${hostText(host)}, as you:</p>
      <ul>
        ${describeScope(view.forgejoScope).map((right) => html`<li>${right}</li>`)}
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
      <p class="soft after">
        The name above is what the application calls itself; it has not been checked. After “Allow” you sign
        in on ${hostText(host)}. If you are signed in there with another account than you want to use,
        <a href="${view.forgejoUrl}/" target="_blank" rel="noreferrer">sign out there</a> first.
      </p>`,
  );
}

function nameBox(name: string | undefined): Html {
  return name === undefined
    ? html`<em>An application without a name</em>`
    : html`<bdi class="client-name">${name}</bdi>`;
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
      This opens an app on your device, the one for ${hostText(target.label)} links. Allow it only if you have
      just started connecting from that app.
    </p>`;
  }
  return html``;
}
