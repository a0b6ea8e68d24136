import { html } from "hono/html";
import type { Html } from "../html.ts";
import { accountHint } from "./account-hint.ts";
import { hostText } from "./breakable-text.ts";
import { clientNameBox } from "./client-name-box.ts";
import { displayName } from "./display-name.ts";
import { buttonTo } from "./link-to.ts";
import type { PageContext } from "./page-context.ts";
import { pageLayout } from "./page-layout.ts";

/**
 * Names the Forgejo account of a login, as another one was connected from this browser before: its user goes on with it,
 * or signs out at Forgejo and starts again. `path` is that of the authorization request.
 */
export function otherAccountPage(
  page: PageContext,
  view: {
    login: string;
    clientName: string | undefined;
    forgejoUrl: string;
    path: string;
    confirmation: string;
  },
): Html {
  const { common, consent, otherAccount } = page.texts;
  const { host } = new URL(view.forgejoUrl);
  const login = html`<strong><bdi>${view.login}</bdi></strong>`;
  return pageLayout(
    page,
    { title: `${otherAccount.title} · ${host}`, forgejoHost: host },
    html`<h1>${otherAccount.title}</h1>
      <p>${otherAccount.signedIn(login, hostText(host))}</p>
      <p>${otherAccount.before}</p>
      <dl>
        <dt>${consent.callsItself}</dt>
        <dd>${clientNameBox(displayName(view.clientName), consent)}</dd>
      </dl>
      <form method="post" action="${view.path}">
        <input type="hidden" name="account" value="${view.confirmation}" />
        <button type="submit" class="primary">${otherAccount.goOn}</button>
      </form>
      <div class="after">${accountHint(page, view.forgejoUrl)}</div>
      <p>${buttonTo(view.path, common.tryAgain)}</p>`,
  );
}
