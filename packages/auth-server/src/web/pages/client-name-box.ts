import { html } from "hono/html";
import type { Html } from "../html.ts";
import type { ConsentTexts } from "../texts/texts.ts";

/** What a client calls itself, in a box of its own: the text must not speak for the page. */
export function clientNameBox(name: string | undefined, texts: ConsentTexts): Html {
  return name === undefined ? html`<em>${texts.unnamed}</em>` : html`<bdi class="client-name">${name}</bdi>`;
}
