import { html } from "hono/html";
import type { Html } from "../html.ts";
import { urlText } from "./breakable-text.ts";
import type { PageContext } from "./page-context.ts";
import { pageLayout } from "./page-layout.ts";

/** The page at an address that does not exist: what is here, and where it is. */
export function notFoundPage(page: PageContext, view: { mcpUrl: string }): Html {
  const { title, detail, connect } = page.texts.notFound;
  return pageLayout(
    page,
    { title },
    html`<h1>${title}</h1>
      <p>${detail}</p>
      <code class="url">${urlText(view.mcpUrl)}</code>
      <p class="soft"><a href="/">${connect}</a></p>`,
  );
}
