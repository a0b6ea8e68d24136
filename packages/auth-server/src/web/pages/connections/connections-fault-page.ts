import { html } from "hono/html";
import { connectionsPaths } from "../../../paths.ts";
import type { ConnectionsFault } from "../../connections-fault.ts";
import type { Html } from "../../html.ts";
import { referenceCode } from "../link-to.ts";
import type { PageContext } from "../page-context.ts";
import { pageLayout } from "../page-layout.ts";

/** A rejected request of a user: what happened, and what to do. `reference`: where the log has more. */
export function connectionsFaultPage(
  page: PageContext,
  fault: ConnectionsFault,
  reference: string | undefined,
): Html {
  const { connections, common } = page.texts;
  const { title, detail, advice } = connections.faults[fault];
  return pageLayout(
    page,
    { title },
    html`<h1>${title}</h1>
      <p>${detail}</p>
      <p>${advice}</p>
      <p><a class="button" href="${connectionsPaths.list}">${connections.back}</a></p>
      ${reference === undefined ? "" : html`<p class="soft">${common.reference(referenceCode(reference))}</p>`}`,
  );
}
