import { html } from "hono/html";
import { privateRepositories } from "../../upstream/forgejo/forgejo-scope.ts";
import type { AccessLevel } from "../consent-offer.ts";
import type { Html } from "../html.ts";
import { accountHint } from "./account-hint.ts";
import { referenceCode } from "./link-to.ts";
import type { PageContext } from "./page-context.ts";
import { pageLayout } from "./page-layout.ts";

/**
 * Forgejo keeps an older grant with a narrower scope: only the user can revoke it there. Trying again helps only after
 * that, so it is the second step: `retry`, a link or a form.
 */
export function insufficientScopePage(
  page: PageContext,
  view: {
    missing: readonly string[];
    /** Which of two entries at Forgejo; undefined where there is one. */
    entry: AccessLevel | undefined;
    forgejoUrl: string;
    retry: Html;
    reference: string;
  },
): Html {
  const { common, insufficientScope: texts } = page.texts;
  const missing = view.missing.map((scope) =>
    scope === privateRepositories ? texts.privateRepositories : html`<code>${scope}</code>`,
  );
  return pageLayout(
    page,
    { title: texts.title },
    html`<h1>${texts.title}</h1>
      <p>${texts.detail}</p>
      <ul>
        ${missing.map((scope) => html`<li>${scope}</li>`)}
      </ul>
      <ol>
        <li>
          <p>${texts.revoke}</p>
          ${view.entry === undefined ? "" : html`<p>${texts.entries[view.entry]}</p>`}
          <a
            class="button primary"
            href="${view.forgejoUrl}/user/settings/applications"
            target="_blank"
            rel="noreferrer"
            >${texts.open}</a
          >
        </li>
        <li>
          <p>${texts.comeBack}</p>
          ${view.retry}
        </li>
      </ol>
      ${accountHint(page, view.forgejoUrl)}
      <p class="soft">${common.reference(referenceCode(view.reference))}</p>`,
  );
}
