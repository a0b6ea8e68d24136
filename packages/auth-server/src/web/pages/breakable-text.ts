import { html } from "hono/html";
import type { Html } from "../html.ts";

/**
 * A host in running text: on a line of its own where it does not fit into the rest of one, then broken only before dots
 * and the port; scrolls where a label is longer than a line.
 */
export function hostText(host: string): Html {
  return html`<span class="host">${unbroken(hostParts(host))}</span>`;
}

/** A text with URLs in it, which are broken as by `urlText`. */
export function textWithUrls(text: string): Html {
  return html`${text.split(/(https?:\/\/\S+)/).map((part, index) => (index % 2 === 1 ? urlText(part) : part))}`;
}

/** A URL to read and copy: broken only before dots and after slashes. */
export function urlText(url: string): Html {
  return html`${unbroken(url.split(/(?=\.)|(?<=\/)(?!\/)/))}`;
}

/** A URI to compare: broken only before the dots and the port of its host, and after the `/ ? & =` that follow it. */
export function uriText(uri: string): Html {
  const [origin] = /^[a-z][a-z\d+.-]*:(?:\/\/[^/?#]*)?/i.exec(uri) ?? [""];
  return html`${unbroken([...hostParts(origin), ...uri.slice(origin.length).split(/(?<=[/?&=])/)])}`;
}

function hostParts(host: string): string[] {
  return host.split(/(?=\.|:\d+$)/);
}

/** The parts in a row, with line breaks allowed between them and nowhere else. */
function unbroken(parts: readonly string[]): Html[] {
  return parts
    .filter((part) => part !== "")
    .map((part, index) =>
      index === 0
        ? html`<span class="unbroken">${part}</span>`
        : html`<wbr /><span class="unbroken">${part}</span>`,
    );
}
