import { html } from "hono/html";
import type { Html } from "../../html.ts";
import type { Texts } from "../../texts/texts.ts";
import type { ConnectionView } from "./connection-view.ts";
import { hiddenFields } from "./hidden-fields.ts";

/** The form that ends a connection, behind a first click. `fields`: hidden ones that the form sends. */
export function disconnectPanel(
  { isPersonalToken }: ConnectionView,
  form: { action: string; fields: Readonly<Record<string, string>>; about?: string },
  { connections }: Texts,
): Html {
  const { title, about, button } = isPersonalToken ? connections.tokens.end : connections.disconnect;
  return html`<details class="panel">
    <summary>${title}</summary>
    <form method="post" action="${form.action}">
      ${hiddenFields(form.fields)}
      <p class="soft">${form.about ?? about}</p>
      <button type="submit" name="action" value="disconnect" class="danger">${button}</button>
    </form>
  </details>`;
}
