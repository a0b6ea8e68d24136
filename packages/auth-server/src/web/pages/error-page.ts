import { html } from "hono/html";
import { page, type Html } from "./page-layout.ts";

/** Something that a person can not mend here. The reference stands in the log beside the cause. */
export function errorPage(fault: { title: string; detail: string; reference: string }): Html {
  return page(
    fault.title,
    html`<p class="brand">fjmcp</p>
      <h1>${fault.title}</h1>
      <p>${fault.detail}</p>
      <p>Go back to your MCP client and connect again.</p>
      <p class="soft">
        If it keeps happening, tell the administrator this reference: <code>${fault.reference}</code>
      </p>`,
  );
}
