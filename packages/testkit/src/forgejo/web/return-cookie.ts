import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";

const returnCookie = "redirect_to";

/** Redirects to `page`; a cookie (limit about 4 KB) keeps `target` with its query for `redirectBack`. */
export function redirectAndReturn(c: Context, page: string, target: string): Response {
  setCookie(c, returnCookie, target, { path: "/", httpOnly: true, sameSite: "Lax" });
  return c.redirect(page, 303);
}

/** Redirects to the target of the cookie, or to the start page. */
export function redirectBack(c: Context): Response {
  const target = getCookie(c, returnCookie);
  deleteCookie(c, returnCookie, { path: "/" });
  const isLocal = target !== undefined && /^\/(?![/\\])/.test(target);
  return c.redirect(isLocal ? target : "/", 303);
}

/** Redirects to the login page, which redirects back to `target`. */
export function redirectToLogin(c: Context, target: string): Response {
  return redirectAndReturn(c, "/user/login", target);
}
