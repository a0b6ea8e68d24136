import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import { faviconPath } from "../../paths.ts";
import { stylesheet, stylesheetSource } from "./stylesheet.ts";

/** Escaped HTML, as hono's `html` template returns it. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** A complete page around `content`, without scripts. */
export function pageLayout(title: string, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="icon" href="${faviconPath}" type="image/svg+xml" />
        ${raw(`<style>${stylesheet}</style>`)}
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html>`;
}

/**
 * The headers of every page. `formTargets` are the CSP sources that a form may lead to: browsers apply `form-action` to
 * all redirects that follow the submission.
 */
export function pageHeaders(formTargets: readonly string[] = []): Record<string, string> {
  const formAction = formTargets.length === 0 ? "'none'" : formTargets.join(" ");
  return {
    "content-security-policy": [
      "default-src 'none'",
      `style-src ${stylesheetSource}`,
      "img-src 'self'",
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
