import type { AuthorizationFault } from "../provider/authorization-fault.ts";
import { errorPage } from "./pages/error-page.ts";
import type { PageContextFor } from "./pages/page-context.ts";
import { pageHeaders } from "./pages/page-layout.ts";

/** The page about a rejected authorization request, as oidc-provider sends it: headers and body. */
export function createAuthorizationErrorPage(pageContextFor: PageContextFor) {
  return async (
    view: {
      fault: AuthorizationFault;
      reference: string;
      back?: { redirectUri: string; href: string };
    },
    acceptLanguage: string | undefined,
  ): Promise<{ headers: Record<string, string>; body: string }> => {
    const page = pageContextFor(acceptLanguage);
    const { fault } = view;
    const body = errorPage(page, {
      ...view,
      fault: page.texts.authorizationFaults[fault.kind],
      ...("description" in fault && { description: fault.description }),
    });
    return { headers: pageHeaders(), body: (await body).toString() };
  };
}
