import type { Context } from "hono";
import type { Instance } from "../instance.ts";

/**
 * The error for a form's POST that may be forged, else `undefined`: up to v13 it lacks its `_csrf`, from v14 on the
 * browser's headers name another origin.
 */
export function forgery(
  c: Context,
  instance: Instance,
  form: Readonly<Record<string, string>>,
): { status: 400 | 403; message: string } | undefined {
  if (instance.settings.csrf) {
    return form["_csrf"] === instance.browserSessions.of(c).csrf
      ? undefined
      : { status: 400, message: "Invalid CSRF token." };
  }
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined && site !== "same-origin" && site !== "none") {
    return { status: 403, message: "cross-origin request detected from Sec-Fetch-Site header" };
  }
  const origin = c.req.header("origin");
  if (site === undefined && origin !== undefined && origin !== instance.url) {
    return { status: 403, message: "cross-origin request detected, and/or browser is out of date" };
  }
  return undefined;
}
