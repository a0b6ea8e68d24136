import { html } from "hono/html";
import { pageLayout, type Html } from "./page-layout.ts";
import { redirectTarget } from "./redirect-target.ts";

/** An error that the user cannot fix on this page. The log holds the same reference beside the cause. */
export function errorPage(fault: {
  title: string;
  detail: string;
  reference: string;
  /** Where the client gets the error; the user decides whether to go there. */
  back?: { redirectUri: string; href: string };
}): Html {
  return pageLayout(
    fault.title,
    html`<p class="brand">fjmcp</p>
      <h1>${fault.title}</h1>
      <p>${fault.detail}</p>
      <p>Go back to your MCP client and connect again.</p>
      ${fault.back === undefined ? "" : returnLink(fault.back)}
      <p class="soft">
        If it keeps happening, tell the administrator this reference: <code>${fault.reference}</code>
      </p>`,
  );
}

function returnLink({ redirectUri, href }: { redirectUri: string; href: string }): Html {
  const { label } = redirectTarget(redirectUri);
  return html`<p>
    If you have just started connecting from <strong>${label}</strong>, you can tell it about this error:
    <a href="${href}" rel="noreferrer">continue to ${label}</a>. Otherwise close this page.
  </p>`;
}
