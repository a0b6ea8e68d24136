import type { AuthorizationFault } from "../provider/authorization-fault.ts";
import { durationText } from "./pages/duration-text.ts";
import { errorPage } from "./pages/error-page.ts";
import type { PageContext, PageContextFor } from "./pages/page-context.ts";
import { pageHeaders } from "./pages/page-layout.ts";

/** Headers and body: for responses that are not hono's. */
interface SentPage {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** The pages about requests that no route of a page has served, in the language of an Accept-Language header. */
interface ErrorPages {
  /** About a rejected authorization request, which oidc-provider sends. */
  readonly authorization: (
    view: { fault: AuthorizationFault; reference: string; back?: { redirectUri: string; href: string } },
    acceptLanguage: string | undefined,
  ) => Promise<SentPage>;
  /** For a browser whose network has sent too many requests. */
  readonly tooManyRequests: (
    view: { waitSec: number; reference: string },
    acceptLanguage: string | undefined,
  ) => Promise<SentPage>;
}

export function createErrorPages(pageContextFor: PageContextFor): ErrorPages {
  async function send(page: PageContext, view: Parameters<typeof errorPage>[1]): Promise<SentPage> {
    return { headers: pageHeaders(), body: (await errorPage(page, view)).toString() };
  }

  return {
    authorization(view, acceptLanguage) {
      const page = pageContextFor(acceptLanguage);
      const { fault } = view;
      return send(page, {
        ...view,
        fault: page.texts.authorizationFaults[fault.kind],
        ...("description" in fault && { description: fault.description }),
      });
    },

    tooManyRequests({ waitSec, reference }, acceptLanguage) {
      const page = pageContextFor(acceptLanguage);
      const { title, detail, advice } = page.texts.tooManyRequests;
      const fault = { title, detail, advice: advice(durationText(waitSec, page.texts.tag)) };
      return send(page, { fault, reference });
    },
  };
}
