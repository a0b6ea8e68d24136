import type { Hono } from "hono";
import { darkLogoPath, logoPath } from "../paths.ts";
import type { Instance } from "./instance.ts";
import type { WebEnv } from "./web-deps.ts";

/** A picture is only a picture: an SVG may style itself, and opened as a page it runs and loads nothing. */
const headers = {
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  "x-content-type-options": "nosniff",
  "cache-control": "public, max-age=3600",
};

/** The installation's own pictures, where it has some. */
export function logoRoutes(app: Hono<WebEnv>, { logo, darkLogo }: Instance): void {
  if (logo !== undefined) {
    app.get(logoPath, (c) => c.body(logo.bytes, 200, { ...headers, "content-type": logo.type }));
  }
  if (darkLogo !== undefined) {
    app.get(darkLogoPath, (c) => c.body(darkLogo.bytes, 200, { ...headers, "content-type": darkLogo.type }));
  }
}
