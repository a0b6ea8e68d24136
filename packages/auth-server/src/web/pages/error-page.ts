import { html } from "hono/html";
import { pageLayout, type Html } from "./page-layout.ts";

/** An error that the user cannot fix on this page. The log holds the same reference beside the cause. */
export function errorPage(fault: {
  title: string;
  detail: string;
  /** What to do; by default, to connect again. */
  advice?: string;
  reference: string;
}): Html {
  return pageLayout(
    fault.title,
    html`<p class="brand">fjmcp</p>
      <h1>${fault.title}</h1>
      <p>${fault.detail}</p>
      <p>${fault.advice ?? "Go back to your MCP client and connect again."}</p>
      <p class="soft">
        If it keeps happening, tell the administrator this reference: <code>${fault.reference}</code>
      </p>`,
  );
}
