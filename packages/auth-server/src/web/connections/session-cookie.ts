import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { hostCookieName, hostCookieOptions } from "../../host-cookie.ts";

/** A day, longer than the session: a form of a page that was left open then leads to the sign-in, not to a fault. */
const cookieSec = 86_400;

const cookieName = (secure: boolean) => hostCookieName("connections", secure);

/** The id in this browser's cookie: of a session, or the one that its sign-in form is bound to. */
export function sessionCookie(c: Context, secure: boolean): string | undefined {
  return getCookie(c, cookieName(secure));
}

/** The cookie outlives the session. */
export function setSessionCookie(c: Context, id: string, secure: boolean): void {
  setCookie(c, cookieName(secure), id, { ...hostCookieOptions(secure), maxAge: cookieSec });
}

export function deleteSessionCookie(c: Context, secure: boolean): void {
  deleteCookie(c, cookieName(secure), hostCookieOptions(secure));
}
