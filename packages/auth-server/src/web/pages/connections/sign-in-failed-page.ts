import type { SignInFailure } from "../../../login/login-outcome.ts";
import type { Html } from "../../html.ts";
import type { PageContext } from "../page-context.ts";
import { faultLayout } from "./fault-layout.ts";

/** The login to the page of connections failed at Forgejo; the log has the cause at the reference. */
export function signInFailedPage(
  page: PageContext,
  { error, reference }: { error: SignInFailure; reference: string },
): Html {
  const { connections, common } = page.texts;
  return faultLayout(page, connections.signInFailures[error], { words: common.tryAgain, reference });
}
