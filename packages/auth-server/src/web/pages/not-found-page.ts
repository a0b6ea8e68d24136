import { html } from "hono/html";
import { urlText } from "./breakable-text.ts";
import { pageLayout, type Html } from "./page-layout.ts";

/** The page at an address that does not exist: what is here, and where it is. */
export function notFoundPage(view: { mcpUrl: string }): Html {
  return pageLayout(
    "There is no page here",
    html`<p class="brand">fjmcp</p>
      <h1>There is no page here</h1>
      <p>
        If you followed a link from your MCP client, connect again there. The address of this server for MCP
        clients is:
      </p>
      <code class="url">${urlText(view.mcpUrl)}</code>
      <p class="soft"><a href="/">How to connect a client</a></p>`,
  );
}
