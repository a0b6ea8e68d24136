import { html } from "hono/html";
import type { LoginFault } from "../../login/login-fault.ts";
import type { Html } from "../html.ts";
import { hostText } from "./breakable-text.ts";
import { referenceCode } from "./link-to.ts";
import type { PageContext } from "./page-context.ts";
import { pageLayout } from "./page-layout.ts";

/** Why a login cannot go on in this browser, and what to do. The log holds the same reference beside the cause. */
export function loginFaultPage(
  page: PageContext,
  fault: LoginFault,
  view: { host: string; forgejoUrl: string; reference: string },
): Html {
  const { title, detail, steps } = page.texts.loginFaults[fault];
  const forgejoHost = hostText(new URL(view.forgejoUrl).host);
  const places = {
    server: hostText(view.host),
    forgejo: html`<a href="${view.forgejoUrl}/" rel="noreferrer">${forgejoHost}</a>`,
  };
  return pageLayout(
    page,
    { title },
    html`<h1>${title}</h1>
      <p>${detail}</p>
      <ul>
        ${steps(places).map((step) => html`<li>${step}</li>`)}
      </ul>
      <p class="soft">${page.texts.common.referenceIfRepeated(referenceCode(view.reference))}</p>`,
  );
}
