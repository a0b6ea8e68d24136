import type { HtmlEscapedString } from "hono/utils/html";

/** Escaped HTML, as hono's `html` template returns it. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;
