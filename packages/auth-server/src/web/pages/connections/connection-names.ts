import { html } from "hono/html";
import type { Html } from "../../html.ts";
import type { Texts } from "../../texts/texts.ts";
import { clientNameBox } from "../client-name-box.ts";
import type { NamedConnection } from "./connection-view.ts";

/** The names of a connection, each in a box of its own: the client's own text must not speak for the page. */
export function connectionNames({ label, clientName, isPersonalToken }: NamedConnection, texts: Texts): Html {
  const own = label === undefined ? "" : html`<bdi class="label">${label}</bdi> `;
  return html`${own}${isPersonalToken ? html`<span class="kind">${texts.connections.tokens.one}</span>` : clientNameBox(clientName, texts.consent)}`;
}
