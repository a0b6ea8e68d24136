import { html } from "hono/html";
import type { Html } from "./page-layout.ts";

/** The longest label that fits a line of running text at 320 px. */
const longestLabel = 24;

/** A host in running text: broken only before dots and the port; scrolls where a label is longer than a line. */
export function hostText(host: string): Html {
  const labels = host.split(/(?=\.|:\d+$)/);
  const scrolls = labels.some((label) => label.length > longestLabel);
  return scrolls ? html`<span class="scrolls">${unbroken(labels)}</span>` : html`${unbroken(labels)}`;
}

/** A URL to read and copy: broken only before dots and after slashes. */
export function urlText(url: string): Html {
  return html`${unbroken(url.split(/(?=\.)|(?<=\/)(?!\/)/))}`;
}

/** A URI in which scheme and host stay together: broken only after the `/ ? & =` that follow them. */
export function uriText(uri: string): Html {
  const [origin] = /^[a-z][a-z\d+.-]*:(?:\/\/[^/?#]*)?/i.exec(uri) ?? [""];
  return html`${unbroken([origin, ...uri.slice(origin.length).split(/(?<=[/?&=])/)])}`;
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
