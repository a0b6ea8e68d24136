import { durationText } from "./pages/duration-text.ts";
import { errorPage } from "./pages/error-page.ts";
import type { PageContextFor } from "./pages/page-context.ts";
import { pageHeaders } from "./pages/page-layout.ts";

/** The page for a browser whose network has sent too many requests: headers and body. */
export function createTooManyRequestsPage(pageContextFor: PageContextFor) {
  return async (
    { waitSec, reference }: { waitSec: number; reference: string },
    acceptLanguage: string | undefined,
  ): Promise<{ headers: Record<string, string>; body: string }> => {
    const page = pageContextFor(acceptLanguage);
    const { title, detail, advice } = page.texts.tooManyRequests;
    const fault = { title, detail, advice: advice(durationText(waitSec, page.texts.tag)) };
    const body = (await errorPage(page, { fault, reference })).toString();
    return { headers: { ...pageHeaders(), vary: "accept-language" }, body };
  };
}
