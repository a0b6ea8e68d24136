import type { Context, Env } from "hono";
import { pageHeaders, type Html } from "./pages/page-layout.ts";

/** Responds with a page and its headers; `formTargets` as in `pageHeaders`. */
export function renderPage<E extends Env>(
  c: Context<E>,
  page: Html,
  options: { status?: 200 | 400 | 403 | 404 | 429 | 500 | 503; formTargets?: readonly string[] } = {},
): Response | Promise<Response> {
  return c.html(page, options.status ?? 200, pageHeaders(options.formTargets));
}
