import type { Context } from "hono";
import { setCookie } from "hono/cookie";
import { hostCookieOptions } from "../host-cookie.ts";
import { loginAttemptSec, type LoginAttempt } from "../login/login-cookie.ts";

/** Binds a login to this browser. `secure`: whether the issuer is https. */
export function setLoginCookie(c: Context, attempt: LoginAttempt, secure: boolean): void {
  const options = { ...hostCookieOptions(secure), maxAge: loginAttemptSec };
  setCookie(c, attempt.cookieName, attempt.cookieValue, options);
}
