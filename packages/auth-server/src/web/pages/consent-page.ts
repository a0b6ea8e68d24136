import { html } from "hono/html";
import type { PendingAuthorization } from "../../provider/pending-authorizations.ts";
import type { ConsentChoice, ConsentFault } from "../consent-choice.ts";
import type { ConsentOffer } from "../consent-offer.ts";
import { hostText, uriText } from "./breakable-text.ts";
import { consentChoices, initialChoice } from "./consent-choices.ts";
import { deviceTexts } from "./device-texts.ts";
import { displayName } from "./display-name.ts";
import { durationText } from "./duration-text.ts";
import { pageLayout, type Html } from "./page-layout.ts";
import { redirectTarget, type RedirectTarget } from "./redirect-target.ts";

/** What a consent page shows. */
export interface ConsentView {
  readonly pending: PendingAuthorization;
  readonly forgejoUrl: string;
  readonly offer: ConsentOffer;
  /** How long the client keeps its access without using it. */
  readonly lifetimeSec: number;
  readonly action: string;
  readonly csrf: string;
  /** What was submitted, when the page is shown again, and what is wrong with it. */
  readonly submitted?: { readonly choice: ConsentChoice; readonly fault: ConsentFault | undefined };
}

/**
 * Asks for consent to one client before the redirect to Forgejo, which itself asks only once for all clients together.
 * The client's name stands in a box of its own, never in a sentence or the heading: it must not speak for this page.
 */
export function consentPage(view: ConsentView): Html {
  const { pending, submitted, offer, forgejoUrl } = view;
  const { host } = new URL(forgejoUrl);
  const target = pending.redirectUri === undefined ? undefined : redirectTarget(pending.redirectUri);
  const fault = submitted?.fault;
  return pageLayout(
    `${fault === undefined ? "" : "Not complete: "}Allow an application? · ${host}`,
    html`<p class="brand">fjmcp · ${hostText(host)}</p>
      <h1>Allow an application to use your Forgejo account?</h1>
      ${fault === undefined ? "" : html`<p class="warning" role="alert">${faultTexts[fault]}</p>`}
      <dl>
        <dt>${pending.personalToken === undefined ? "It calls itself" : deviceTexts.tokenNamed}</dt>
        <dd>${nameBox(displayName(pending.clientName))}</dd>
        ${target === undefined ? waitingDevice(pending) : html`${identity(pending, target)}${way(target)}`}
      </dl>
      ${target === undefined ? html`<p class="warning">${deviceTexts.consentWarning}</p>` : warning(target)}
      <form method="post" action="${view.action}">
        <input type="hidden" name="csrf" value="${view.csrf}" />
        ${consentChoices(offer, submitted?.choice ?? initialChoice(offer, pending.personalToken?.toolsets))}
        ${
          offer.levels.length > 1
            ? html`<p class="soft">Allow it only if you have just asked this application to connect.</p>`
            : ""
        }
        <button type="submit" name="decision" value="deny" formnovalidate>Deny</button>
        <button type="submit" name="decision" value="allow" class="primary">Allow</button>
      </form>
      <p class="soft after">
        ${lifetime(view)} You can end it before, for all applications together, under
        <a href="${forgejoUrl}/user/settings/applications" target="_blank" rel="noreferrer"
          >Applications in your settings</a
        >
        on ${hostText(host)}. The administrator of this server can end it alone.
      </p>
      <p class="soft">
        The name above is what the application calls itself; it has not been checked. After “Allow” you sign
        in on ${hostText(host)}. If you are signed in there with another account than you want to use,
        <a href="${forgejoUrl}/" target="_blank" rel="noreferrer">sign out there</a> first.
      </p>`,
  );
}

const faultTexts: Readonly<Record<ConsentFault, string>> = {
  not_started: "Nothing was allowed yet. Tick “I started this” below if you did.",
  no_level: "Nothing was allowed yet. Choose “Read only” or “Read and write” below.",
  level_not_offered: "Nothing was allowed yet. What was chosen is not offered here: choose again below.",
  no_toolset: "Nothing was allowed yet. Leave at least one area ticked under “Where?”.",
  toolset_not_offered: "Nothing was allowed yet. One of the areas is not offered here: choose again below.",
};

/** No trust tier for a program or an app: any other one can claim their addresses. */
function identity({ clientId }: PendingAuthorization, { kind }: RedirectTarget): Html {
  if (kind !== "site") return html``;
  const document = /^https:/i.test(clientId) ? new URL(clientId) : undefined;
  return html`<dt>Identity</dt>
    <dd>
      ${
        document === undefined
          ? html`<span class="tag">unverified registration</span> it registered itself`
          : html`a document at ${hostText(document.host)}`
      }
    </dd>`;
}

function way({ label, uri }: RedirectTarget): Html {
  return html`<dt>Sends you back to</dt>
    <dd class="target">${hostText(label)}</dd>
    <dd class="uri">${uriText(uri)}</dd>`;
}

/** No trust tier for a device: any program can show a code. */
function waitingDevice({ userCode }: PendingAuthorization): Html {
  return html`<dt>${deviceTexts.waitsWith}</dt>
    <dd class="target"><code>${userCode}</code></dd>`;
}

function lifetime({ pending, lifetimeSec }: ConsentView): string {
  const time = durationText(lifetimeSec);
  return pending.mayRefresh
    ? `Its access ends when it has not been used for ${time}.`
    : `Its access ends after ${time}.`;
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
