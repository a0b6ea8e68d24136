import { html } from "hono/html";
import type { ConnectionNotice } from "../../connection-notice.ts";
import type { Html } from "../../html.ts";
import type { Texts } from "../../texts/texts.ts";

/** What was just done; nothing without a notice. */
export function noticeBox(notice: ConnectionNotice | undefined, { connections }: Texts): Html {
  if (notice === undefined) return html``;
  return html`<p class="notice" role="status">${connections.notices[notice]}</p>`;
}
