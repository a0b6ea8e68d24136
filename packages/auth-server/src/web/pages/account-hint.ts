import { html } from "hono/html";
import type { Html } from "../html.ts";
import { hostText } from "./breakable-text.ts";
import { linkTo } from "./link-to.ts";
import type { PageContext } from "./page-context.ts";

/** How to go on with another Forgejo account: Forgejo signs out by a form only, so that the link is its start page. */
export function accountHint({ texts }: PageContext, forgejoUrl: string): Html {
  const { host } = new URL(forgejoUrl);
  return html`<p class="soft">${texts.common.wrongAccount(hostText(host), linkTo(`${forgejoUrl}/`))}</p>`;
}
