import { html } from "hono/html";
import { formatTokenPlan, type TokenPlan } from "../../../login/token-plan.ts";
import { connectionsPaths } from "../../../paths.ts";
import type { ConnectionNotice } from "../../connection-notice.ts";
import type { Html } from "../../html.ts";
import { hostText } from "../breakable-text.ts";
import { linkTo } from "../link-to.ts";
import type { PageContext } from "../page-context.ts";
import { pageLayout } from "../page-layout.ts";
import { hiddenFields } from "./hidden-fields.ts";
import { noticeBox } from "./notice-box.ts";

/** Asks the user to sign in: nothing leads to Forgejo before that. */
export function signInPage(
  page: PageContext,
  view: {
    csrf: string;
    forgejoUrl: string;
    notice: ConnectionNotice | undefined;
    /** Of a personal token that the sign-in is for. */
    tokenPlan?: TokenPlan | undefined;
  },
): Html {
  const { host } = new URL(view.forgejoUrl);
  const forgejo = hostText(host);
  const { signIn } = page.texts.connections;
  return pageLayout(
    page,
    { title: `${signIn.title} · ${host}`, forgejoHost: host },
    html`<h1>${signIn.title}</h1>
      ${noticeBox(view.notice, page.texts)}
      ${
        view.notice === "signed_out"
          ? html`<p>${signIn.stillAtForgejo(forgejo, linkTo(`${view.forgejoUrl}/`))}</p>`
          : ""
      }
      <p>${signIn.about(forgejo)}</p>
      ${signInForm(view.csrf, signIn.button, "primary", view.tokenPlan)}
      <p class="soft after">${signIn.hint(forgejo)}</p>`,
  );
}

/** The button that leads to the sign-in at Forgejo; `words` stand on it. `tokenPlan`: of a token that it is for. */
export function signInForm(csrf: string, words: string, kind = "", tokenPlan?: TokenPlan): Html {
  return html`<form method="post" action="${connectionsPaths.signIn}">
    ${hiddenFields({ csrf, ...(tokenPlan !== undefined && { plan: formatTokenPlan(tokenPlan) }) })}
    <button type="submit" class="${kind}">${words}</button>
  </form>`;
}
