import { html } from "hono/html";
import type { PendingAuthorization } from "../../provider/pending-authorizations.ts";
import type { EarlierChoice } from "../choices-cookie.ts";
import type { ConsentChoice, ConsentFault } from "../consent-choice.ts";
import type { ConsentOffer } from "../consent-offer.ts";
import { connectionsPaths } from "../../paths.ts";
import type { Html } from "../html.ts";
import type { ConsentTexts, DeviceTexts } from "../texts/texts.ts";
import type { TrustTier } from "../trust-tier.ts";
import { hostText, uriText } from "./breakable-text.ts";
import { clientNameBox } from "./client-name-box.ts";
import { consentChoices, initialChoice } from "./consent-choices.ts";
import { dateText } from "./connections/time-text.ts";
import { displayName } from "./display-name.ts";
import { durationText } from "./duration-text.ts";
import { linkTo } from "./link-to.ts";
import type { PageContext } from "./page-context.ts";
import { pageLayout } from "./page-layout.ts";
import { redirectTarget, type RedirectTarget } from "./redirect-target.ts";

/** What a consent page shows. */
export interface ConsentView {
  readonly pending: PendingAuthorization;
  /** Undefined for a program, an app and a device: any other one can pose as it. */
  readonly trust: TrustTier | undefined;
  readonly forgejoUrl: string;
  readonly offer: ConsentOffer;
  /** What was chosen for this client in this browser before: to be read, it preselects nothing. */
  readonly earlier?: EarlierChoice | undefined;
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
export function consentPage(page: PageContext, view: ConsentView): Html {
  const { pending, trust, submitted, offer, forgejoUrl } = view;
  const { consent: texts, device } = page.texts;
  const { host } = new URL(forgejoUrl);
  const target = pending.redirectUri === undefined ? undefined : redirectTarget(pending.redirectUri);
  const fault = submitted?.fault;
  const title = `${texts.title} · ${host}`;
  return pageLayout(
    page,
    { title: fault === undefined ? title : texts.incomplete(title), forgejoHost: host },
    html`<h1>${texts.heading}</h1>
      ${fault === undefined ? "" : html`<p class="warning" role="alert">${texts.faults[fault]}</p>`}
      <dl>
        <dt>${pending.personalToken === undefined ? texts.callsItself : device.tokenNamed}</dt>
        <dd>${clientNameBox(displayName(pending.clientName), texts)}</dd>
        ${
          target === undefined
            ? waitingDevice(device, pending)
            : html`${trust === undefined ? "" : identity(texts, pending, trust)}${wayBack(texts, target)}`
        }
      </dl>
      ${target === undefined ? html`<p class="warning">${device.consentWarning}</p>` : warning(texts, target)}
      ${view.earlier === undefined ? "" : earlierChoice(page, view.earlier)}
      <form method="post" action="${view.action}">
        <input type="hidden" name="csrf" value="${view.csrf}" />
        ${consentChoices(page, offer, submitted?.choice ?? initialChoice(offer, pending.personalToken?.toolsets))}
        ${offer.levels.length > 1 ? html`<p class="soft">${texts.onlyIfAsked}</p>` : ""}
        <button type="submit" name="decision" value="deny" formnovalidate>${texts.deny}</button>
        <button type="submit" name="decision" value="allow" class="primary">${texts.allow}</button>
      </form>
      <p class="soft after">${lifetime(page, view)} ${texts.end(linkTo(connectionsPaths.list))}</p>
      <p class="soft">${texts.signIn(hostText(host), linkTo(`${forgejoUrl}/`))}</p>`,
  );
}

function identity(texts: ConsentTexts, { clientId }: PendingAuthorization, trust: TrustTier): Html {
  return html`<dt>${texts.identity}</dt>
    <dd>${trustText(texts, clientId, trust)}</dd>`;
}

function trustText(texts: ConsentTexts, clientId: string, trust: TrustTier): Html {
  if (trust === "registered")
    return html`<span class="tag">${texts.unverified}</span> ${texts.registeredItself}`;
  const document = texts.document(hostText(new URL(clientId).host));
  return trust === "pinned" ? html`<span class="tag">${texts.known}</span> ${document}` : document;
}

function wayBack(texts: ConsentTexts, { label, uri }: RedirectTarget): Html {
  return html`<dt>${texts.sendsBackTo}</dt>
    <dd class="target">${hostText(label)}</dd>
    <dd class="uri">${uriText(uri)}</dd>`;
}

/** No trust tier for a device: any program can show a code. */
function waitingDevice(texts: DeviceTexts, { userCode }: PendingAuthorization): Html {
  return html`<dt>${texts.waitsWith}</dt>
    <dd class="target"><code>${userCode}</code></dd>`;
}

function earlierChoice({ texts }: PageContext, { level, toolsets, atMs }: EarlierChoice): Html {
  const areas = toolsets.map((name) => texts.toolsets[name].label).join(", ");
  const choice = `${texts.levels[level].label} (${areas})`;
  return html`<p class="soft">${texts.consent.earlier(dateText(atMs, texts.tag), choice)}</p>`;
}

function lifetime({ texts }: PageContext, { pending, lifetimeSec }: ConsentView): string {
  const duration = durationText(lifetimeSec, texts.tag);
  return pending.mayRefresh ? texts.consent.endsUnused(duration) : texts.consent.endsAfter(duration);
}

function warning(texts: ConsentTexts, target: RedirectTarget): Html {
  if (target.kind === "loopback") return html`<p class="warning">${texts.loopbackWarning}</p>`;
  if (target.kind === "app") return html`<p class="warning">${texts.appWarning(hostText(target.label))}</p>`;
  return html``;
}
