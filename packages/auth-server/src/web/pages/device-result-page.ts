import { html } from "hono/html";
import { devicePath } from "../../paths.ts";
import type { AuthorizationFailure } from "../../provider/pending-authorizations.ts";
import { deviceTexts } from "./device-texts.ts";
import { pageLayout, type Html } from "./page-layout.ts";

/** How the authorization of a device ended, in the browser of its user; the device itself goes on elsewhere. */
export function deviceResultPage(result: "granted" | AuthorizationFailure): Html {
  const { title, detail } = deviceTexts.results[result];
  const isOver = result === "granted" || result === "access_denied";
  return pageLayout(
    title,
    html`<p class="brand">fjmcp</p>
      <h1>${title}</h1>
      <p>${detail}</p>
      ${isOver ? "" : html`<p><a class="button" href="${devicePath}">${deviceTexts.enterAgain}</a></p>`}`,
  );
}
