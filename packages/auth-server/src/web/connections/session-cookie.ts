import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { loginCookieOptions } from "../../login/login-cookie.ts";

/** A day, longer than the session: a form of a page that was left open then leads to the sign-in, not to a fault. */
const cookieSec = 86_400;

/** `secure`: whether the issuer is https; over http a browser rejects a `__Host-` cookie. */
function cookieName(secure: boolean): string {
  return secure ? "__Host-fjmcp-connections" : "fjmcp-connections";
}

/** The id in this browser's cookie: of a session, or the one that its sign-in form is bound to. */
export function sessionCookie(c: Context, secure: boolean): string | undefined {
  return getCookie(c, cookieName(secure));
}

/** The cookie outlives the session. */
export function setSessionCookie(c: Context, id: string, secure: boolean): void {
  setCookie(c, cookieName(secure), id, { ...loginCookieOptions(secure), maxAge: cookieSec });
}

export function deleteSessionCookie(c: Context, secure: boolean): void {
  deleteCookie(c, cookieName(secure), loginCookieOptions(secure));
}
