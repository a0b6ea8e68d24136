import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { connectionsSessionSec } from "../../login/connections-login.ts";
import { loginCookieOptions } from "../../login/login-cookie.ts";

/** `secure`: whether the issuer is https; over http a browser rejects a `__Host-` cookie. */
function cookieName(secure: boolean): string {
  return secure ? "__Host-fjmcp-connections" : "fjmcp-connections";
}

/** The id in this browser's cookie: of a session, or the one that its sign-in form is bound to. */
export function sessionCookie(c: Context, secure: boolean): string | undefined {
  return getCookie(c, cookieName(secure));
}

/** Expires with the session. */
export function setSessionCookie(c: Context, id: string, secure: boolean): void {
  setCookie(c, cookieName(secure), id, { ...loginCookieOptions(secure), maxAge: connectionsSessionSec });
}

export function deleteSessionCookie(c: Context, secure: boolean): void {
  deleteCookie(c, cookieName(secure), loginCookieOptions(secure));
}
