import { html } from "hono/html";
import { devicePath } from "../../paths.ts";
import type { AuthorizationFailure } from "../../provider/pending-authorizations.ts";
import type { Html } from "../html.ts";
import type { PageContext } from "./page-context.ts";
import { pageLayout } from "./page-layout.ts";

/** How the authorization of a device ended, in the browser of its user; the device itself goes on elsewhere. */
export function deviceResultPage(page: PageContext, result: "granted" | AuthorizationFailure): Html {
  const { results, enterAgain } = page.texts.device;
  const { title, detail } = results[result];
  const isOver = result === "granted" || result === "access_denied";
  return pageLayout(
    page,
    { title },
    html`<h1>${title}</h1>
      <p>${detail}</p>
      ${isOver ? "" : html`<p><a class="button" href="${devicePath}">${enterAgain}</a></p>`}`,
  );
}
