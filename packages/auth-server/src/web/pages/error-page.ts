import { html } from "hono/html";
import { hostText } from "./breakable-text.ts";
import { pageLayout, type Html } from "./page-layout.ts";
import { redirectTarget } from "./redirect-target.ts";

/** An error that the user cannot fix on this page. The log holds the same reference beside the cause. */
export function errorPage(fault: {
  title: string;
  detail: string;
  /** What to do; by default, to connect again. */
  advice?: string;
  reference: string;
  /** Where the client gets the error; the user decides whether to go there. */
  back?: { redirectUri: string; href: string };
}): Html {
  return pageLayout(
    fault.title,
    html`<p class="brand">fjmcp</p>
      <h1>${fault.title}</h1>
      <p>${fault.detail}</p>
      <p>${fault.advice ?? "Go back to your MCP client and connect again."}</p>
      ${fault.back === undefined ? "" : returnLink(fault.back)}
      <p class="soft">
        If it keeps happening, tell the administrator this reference: <code>${fault.reference}</code>
      </p>`,
  );
}

function returnLink({ redirectUri, href }: { redirectUri: string; href: string }): Html {
  const { label } = redirectTarget(redirectUri);
  return html`<p>
    If you have just started connecting from <strong>${hostText(label)}</strong>, you can tell it about this
    error: <a href="${href}" rel="noreferrer">continue to ${hostText(label)}</a>. Otherwise close this page.
  </p>`;
}
