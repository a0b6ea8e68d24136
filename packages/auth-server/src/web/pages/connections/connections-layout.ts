import { html } from "hono/html";
import { connectionsPaths } from "../../../paths.ts";
import type { Html } from "../../html.ts";
import type { PageContext } from "../page-context.ts";
import { pageLayout } from "../page-layout.ts";
import { hiddenFields } from "./hidden-fields.ts";

/** What every page for a signed-in user shows and needs. */
export interface SignedInView {
  /** The name of the account. */
  readonly login: string;
  /** The CSRF token of its forms. */
  readonly csrf: string;
  readonly forgejoUrl: string;
}

/** A page for a signed-in user: the account and the way out, then `content`. */
export function connectionsLayout(page: PageContext, title: string, view: SignedInView, content: Html): Html {
  const { host } = new URL(view.forgejoUrl);
  const { connections: texts } = page.texts;
  return pageLayout(
    page,
    { title: `${title} · ${host}`, forgejoHost: host },
    html`<div class="account">
        <p class="soft">${texts.signedInAs(html`<bdi>${view.login}</bdi>`)}</p>
        <form method="post" action="${connectionsPaths.signOut}">
          ${hiddenFields({ csrf: view.csrf })}
          <button type="submit" class="small">${texts.signOut}</button>
        </form>
      </div>
      <h1>${title}</h1>
      ${content}`,
  );
}
