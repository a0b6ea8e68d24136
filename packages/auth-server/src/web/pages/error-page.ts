import { html } from "hono/html";
import type { Html } from "../html.ts";
import type { FaultText } from "../texts/fault-text.ts";
import type { Link } from "../texts/link.ts";
import { hostText } from "./breakable-text.ts";
import { referenceCode } from "./link-to.ts";
import type { PageContext } from "./page-context.ts";
import { pageLayout } from "./page-layout.ts";
import { redirectTarget } from "./redirect-target.ts";

/** An error that the user cannot fix on this page. The log holds the same reference beside the cause. */
export function errorPage(
  page: PageContext,
  view: {
    fault: FaultText;
    /** The protocol's own description, in English. */
    description?: string;
    reference: string;
    /** Where the client gets the error; the user decides whether to go there. */
    back?: { redirectUri: string; href: string };
  },
): Html {
  const { title, detail, advice } = view.fault;
  return pageLayout(
    page,
    { title },
    html`<h1>${title}</h1>
      <p>${detail}</p>
      ${view.description === undefined ? "" : html`<p class="quote" lang="en">${view.description}</p>`}
      <p>${advice}</p>
      ${view.back === undefined ? "" : returnLink(page, view.back)}
      <p class="soft">${page.texts.common.referenceIfRepeated(referenceCode(view.reference))}</p>`,
  );
}

function returnLink(
  { texts }: PageContext,
  { redirectUri, href }: { redirectUri: string; href: string },
): Html {
  const target = hostText(redirectTarget(redirectUri).label);
  const goOn: Link = (words) => html`<a href="${href}" rel="noreferrer">${words}</a>`;
  return html`<p>${texts.common.tellClient(html`<strong>${target}</strong>`, goOn)}</p>`;
}
