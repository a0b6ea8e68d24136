import { html } from "hono/html";
import type { Html } from "../html.ts";
import { accountHint } from "./account-hint.ts";
import { referenceCode } from "./link-to.ts";
import type { PageContext } from "./page-context.ts";
import { pageLayout } from "./page-layout.ts";

/** The administrator does not let this user sign in. `continueUrl` leads to the client, which gets `access_denied`. */
export function notAllowedPage(
  page: PageContext,
  view: { login: string; forgejoUrl: string; continueUrl: string; reference: string },
): Html {
  const { common, notAllowed } = page.texts;
  return pageLayout(
    page,
    { title: notAllowed.title },
    html`<h1>${notAllowed.title}</h1>
      <p>${notAllowed.detail(html`<strong><bdi>${view.login}</bdi></strong>`)}</p>
      <ol>
        <li>
          <p>${notAllowed.ask}</p>
        </li>
        <li>
          <p>${notAllowed.goBack}</p>
          <a class="button primary" href="${view.continueUrl}">${notAllowed.back}</a>
        </li>
      </ol>
      ${accountHint(page, view.forgejoUrl)}
      <p class="soft">${common.reference(referenceCode(view.reference))}</p>`,
  );
}
