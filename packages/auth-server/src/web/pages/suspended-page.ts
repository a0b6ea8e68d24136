import { html } from "hono/html";
import type { Html } from "../html.ts";
import { accountHint } from "./account-hint.ts";
import { textWithUrls } from "./breakable-text.ts";
import { referenceCode } from "./link-to.ts";
import type { PageContext } from "./page-context.ts";
import { pageLayout } from "./page-layout.ts";

/**
 * Forgejo does not serve this user at present; `message` is its own sentence. Trying again helps only after the user has
 * done in Forgejo what it asks for, so it is the second step.
 */
export function suspendedPage(
  page: PageContext,
  view: { message: string; forgejoUrl: string; retryUrl: string; reference: string },
): Html {
  const { common, suspended } = page.texts;
  return pageLayout(
    page,
    { title: suspended.title },
    html`<h1>${suspended.title}</h1>
      <p>${suspended.detail}</p>
      <p class="quote" lang="und"><strong>${textWithUrls(view.message)}</strong></p>
      <ol>
        <li>
          <p>${suspended.act}</p>
          <a class="button primary" href="${view.forgejoUrl}/" target="_blank" rel="noreferrer"
            >${suspended.open}</a
          >
        </li>
        <li>
          <p>${suspended.comeBack}</p>
          <a class="button" href="${view.retryUrl}">${common.tryAgain}</a>
        </li>
      </ol>
      ${accountHint(page, view.forgejoUrl)}
      <p class="soft">${common.reference(referenceCode(view.reference))}</p>`,
  );
}
