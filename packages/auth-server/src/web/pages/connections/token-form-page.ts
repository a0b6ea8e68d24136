import { html } from "hono/html";
import { maxLabelLength } from "@fjmcp/shared/ipc/admin";
import { connectionsPaths } from "../../../paths.ts";
import type { ConsentOffer } from "../../consent-offer.ts";
import type { TokenFormFault } from "../../token-form-fault.ts";
import type { Html } from "../../html.ts";
import type { Texts } from "../../texts/texts.ts";
import type { TokenDraft } from "../../connections/token-form.ts";
import { levelField, toolsetField } from "../consent-choices.ts";
import type { PageContext } from "../page-context.ts";
import { hiddenFields } from "./hidden-fields.ts";
import { connectionsLayout, type SignedInView } from "./connections-layout.ts";

interface TokenFormView extends SignedInView {
  /** The id of this form, which makes one token at most. */
  readonly formId: string;
  readonly offer: ConsentOffer;
  readonly draft: TokenDraft;
  readonly maxDays: number;
  readonly fault: TokenFormFault | undefined;
}

/** Asks for the name, the life and the access of a new personal token; not where an account has as many as it may have. */
export function tokenFormPage(page: PageContext, view: TokenFormView): Html {
  const { texts } = page;
  const { tokens, back } = texts.connections;
  const { fault } = view;
  return connectionsLayout(
    page,
    tokens.form.title,
    view,
    html`<p>${tokens.about}</p>
      ${fault === undefined ? "" : html`<p class="warning" role="alert">${faultText(fault, texts)}</p>`}
      ${fault === "too_many" ? "" : tokenForm(page, view)}
      <p class="soft after"><a href="${connectionsPaths.list}">${back}</a></p>`,
  );
}

function tokenForm(page: PageContext, view: TokenFormView): Html {
  const { texts } = page;
  const { offer, draft } = view;
  return html`<form method="post" action="${connectionsPaths.newToken}">
    ${hiddenFields({ csrf: view.csrf, form: view.formId })} ${nameField(draft, texts)}
    ${daysField(view, texts)} ${offer.levels.length > 1 ? levelField(page, offer, draft.choice) : ""}
    ${toolsetField(page, offer, draft.choice)}
    <button type="submit" class="primary once">${texts.connections.tokens.form.button}</button>
  </form>`;
}

function nameField({ name }: TokenDraft, { connections }: Texts): Html {
  const { form } = connections.tokens;
  return html`<label class="field">
      <span>${form.name}</span>
      <input
        type="text"
        name="name"
        value="${name}"
        required
        maxlength="${maxLabelLength}"
        autocomplete="off"
        aria-describedby="name-hint"
      />
    </label>
    <p class="soft" id="name-hint">${form.nameHint}</p>`;
}

function daysField({ draft, maxDays }: TokenFormView, { connections }: Texts): Html {
  const { form } = connections.tokens;
  return html`<label class="field">
      <span>${form.days}</span>
      <input
        type="number"
        name="days"
        value="${draft.days}"
        required
        min="1"
        max="${maxDays}"
        step="1"
        aria-describedby="days-hint"
      />
    </label>
    <p class="soft" id="days-hint">${form.daysHint(maxDays)}</p>`;
}

function faultText(fault: TokenFormFault, { connections, consent }: Texts): string {
  const { faults } = connections.tokens.form;
  return { ...consent.faults, ...faults }[fault];
}
