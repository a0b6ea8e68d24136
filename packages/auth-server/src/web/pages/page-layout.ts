import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import { stylesheet, stylesheetSource } from "./stylesheet.ts";

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** A whole page around `content`; nothing in it runs. */
export function page(title: string, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        ${raw(`<style>${stylesheet}</style>`)}
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html>`;
}

/**
 * The headers of every page. `formTargets` are the CSP sources a form's submission may end at: browsers apply
 * `form-action` to the whole chain of redirects after it.
 */
export function pageHeaders(formTargets: readonly string[] = []): Record<string, string> {
  const formAction = formTargets.length === 0 ? "'none'" : formTargets.join(" ");
  return {
    "content-security-policy": [
      "default-src 'none'",
      `style-src ${stylesheetSource}`,
      `form-action ${formAction}`,
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ].join("; "),
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  };
}
