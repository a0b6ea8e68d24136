import { html } from "hono/html";
import type { Html } from "../html.ts";
import type { Link } from "../texts/link.ts";

/** A link that keeps this page open, as its next step is on the other one. */
export function linkTo(href: string): Link {
  return (words) => html`<a href="${href}" target="_blank" rel="noreferrer">${words}</a>`;
}

/** A link in this page that looks like a button. */
export function buttonTo(href: string, words: string): Html {
  return html`<a class="button" href="${href}">${words}</a>`;
}

/** A reference as the log has it. */
export function referenceCode(reference: string): Html {
  return html`<code>${reference}</code>`;
}
