import { html } from "hono/html";
import { connectionsPaths } from "../../../paths.ts";
import type { SignInFailure } from "../../../login/login-outcome.ts";
import type { Html } from "../../html.ts";
import { referenceCode } from "../link-to.ts";
import type { PageContext } from "../page-context.ts";
import { pageLayout } from "../page-layout.ts";

/** The login to the page of connections failed at Forgejo; the log has the cause at the reference. */
export function signInFailedPage(
  page: PageContext,
  { error, reference }: { error: SignInFailure; reference: string },
): Html {
  const { connections, common } = page.texts;
  const { title, detail, advice } = connections.signInFailures[error];
  return pageLayout(
    page,
    { title },
    html`<h1>${title}</h1>
      <p>${detail}</p>
      <p>${advice}</p>
      <p><a class="button" href="${connectionsPaths.list}">${common.tryAgain}</a></p>
      <p class="soft">${common.reference(referenceCode(reference))}</p>`,
  );
}
