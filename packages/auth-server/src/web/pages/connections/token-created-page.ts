import { html } from "hono/html";
import { connectionsPaths } from "../../../paths.ts";
import type { Html } from "../../html.ts";
import { urlText } from "../breakable-text.ts";
import type { PageContext } from "../page-context.ts";
import { connectionsLayout, type SignedInView } from "./connections-layout.ts";
import { dateText } from "./time-text.ts";

/** Shows a new personal token, the only copy of it, and how a program uses it. */
export function tokenCreatedPage(
  page: PageContext,
  view: SignedInView & {
    readonly name: string;
    readonly token: string;
    readonly expiresAtMs: number;
    readonly mcpUrl: string;
  },
): Html {
  const { texts } = page;
  const { tokens, back } = texts.connections;
  const { created } = tokens;
  return connectionsLayout(
    page,
    created.title,
    view,
    html`<p>
        <bdi class="label">${view.name}</bdi> ${tokens.expiresOn(dateText(view.expiresAtMs, texts.tag))}
      </p>
      <p class="warning">${created.copy}</p>
      <code class="url token">${view.token}</code>
      <p>${created.header}</p>
      <code class="command">Authorization: Bearer ${view.token.slice(0, 10)}…</code>
      <p>${created.address}</p>
      <code class="command">${urlText(view.mcpUrl)}</code>
      <p class="soft">${created.keep}</p>
      <p><a class="button" href="${connectionsPaths.list}">${back}</a></p>`,
  );
}
