import type { Context, Env } from "hono";
import type { Html } from "./html.ts";
import { pageHeaders } from "./pages/page-layout.ts";

/** The CSP sources of a page whose forms lead to this server alone. */
export const ownForms = { formTargets: ["'self'"] } as const;

/** Responds with a page in the reader's language, and its headers; `formTargets` as in `pageHeaders`. */
export function renderPage<E extends Env>(
  c: Context<E>,
  page: Html,
  options: { status?: 200 | 400 | 403 | 404 | 409 | 429 | 500 | 503; formTargets?: readonly string[] } = {},
): Response | Promise<Response> {
  c.header("vary", "accept-language", { append: true });
  return c.html(page, options.status ?? 200, pageHeaders(options.formTargets));
}
