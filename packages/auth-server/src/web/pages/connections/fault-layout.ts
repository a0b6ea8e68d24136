import { html } from "hono/html";
import { connectionsPaths } from "../../../paths.ts";
import type { Html } from "../../html.ts";
import type { FaultText } from "../../texts/fault-text.ts";
import { buttonTo, referenceCode } from "../link-to.ts";
import type { PageContext } from "../page-context.ts";
import { pageLayout } from "../page-layout.ts";

/** What happened, what to do, and the way back to the list, as a button with `words`. `reference`: where the log has more. */
export function faultLayout(
  page: PageContext,
  { title, detail, advice }: FaultText,
  { words, reference }: { words: string; reference: string | undefined },
): Html {
  const { common } = page.texts;
  return pageLayout(
    page,
    { title },
    html`<h1>${title}</h1>
      <p>${detail}</p>
      <p>${advice}</p>
      <p>${buttonTo(connectionsPaths.list, words)}</p>
      ${reference === undefined ? "" : html`<p class="soft">${common.reference(referenceCode(reference))}</p>`}`,
  );
}
