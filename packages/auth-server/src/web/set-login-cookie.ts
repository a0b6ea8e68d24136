import type { Context } from "hono";
import { setCookie } from "hono/cookie";
import { loginAttemptSec, type LoginAttempt } from "../login/login-cookie.ts";

/** Binds a login to this browser. `secure`: whether the issuer is https. */
export function setLoginCookie(c: Context, attempt: LoginAttempt, secure: boolean): void {
  setCookie(c, attempt.cookieName, attempt.cookieValue, {
    path: "/",
    secure,
    httpOnly: true,
    sameSite: "Lax",
    maxAge: loginAttemptSec,
  });
}
