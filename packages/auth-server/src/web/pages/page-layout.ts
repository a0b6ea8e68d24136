import { html, raw } from "hono/html";
import { darkLogoPath, faviconPath, logoPath } from "../../paths.ts";
import type { Html } from "../html.ts";
import type { Instance } from "../instance.ts";
import { hostText } from "./breakable-text.ts";
import type { PageContext } from "./page-context.ts";
import { stylesheet, stylesheetSource } from "./stylesheet.ts";

/** A complete page around `content`, without scripts. `forgejoHost` stands beside the server's name. */
export function pageLayout(
  { texts, instance }: PageContext,
  { title, forgejoHost }: { title: string; forgejoHost?: string },
  content: Html,
): Html {
  return html`<!doctype html>
    <html lang="${texts.tag}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="icon" href="${faviconPath}" type="image/svg+xml" />
        ${raw(`<style>${stylesheet}</style>`)}
      </head>
      <body>
        <main>${brand(instance, forgejoHost)} ${content}</main>
      </body>
    </html>`;
}

function brand(instance: Instance, forgejoHost: string | undefined): Html {
  return html`<p class="brand">
    ${logo(instance)}
    <span>${instance.name}${forgejoHost === undefined ? "" : html` · ${hostText(forgejoHost)}`}</span>
  </p>`;
}

/** Decoration: the name stands beside it. */
function logo({ logo, darkLogo }: Instance): Html {
  if (logo === undefined) return html``;
  const dark = darkLogo && html`<source srcset="${darkLogoPath}" media="(prefers-color-scheme: dark)" />`;
  return html`<picture>${dark ?? ""}<img class="logo" src="${logoPath}" alt="" /></picture>`;
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
