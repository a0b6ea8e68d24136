import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { hostCookieName, hostCookieOptions } from "../../host-cookie.ts";
import { connectionNotices, type ConnectionNotice } from "../connection-notice.ts";

/** Longer than a redirect lasts. */
const noticeSec = 30;

const cookieName = (secure: boolean) => hostCookieName("notice", secure);

/**
 * Keeps a notice for the next page of this browser. It is no part of a URL: a link to a page that claims that something was
 * done would mislead.
 */
export function setNotice(c: Context, notice: ConnectionNotice, secure: boolean): void {
  setCookie(c, cookieName(secure), notice, { ...hostCookieOptions(secure), maxAge: noticeSec });
}

/** The notice for this page; it is shown once. */
export function takeNotice(c: Context, secure: boolean): ConnectionNotice | undefined {
  const value = getCookie(c, cookieName(secure));
  if (value === undefined) return undefined;
  deleteCookie(c, cookieName(secure), hostCookieOptions(secure));
  return connectionNotices.find((notice) => notice === value);
}
