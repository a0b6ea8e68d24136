import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { accountIdSchema, type AccountId } from "@fjmcp/shared/ids";
import { hostCookieName, lastingCookieOptions } from "../host-cookie.ts";

const cookieName = (secure: boolean) => hostCookieName("account", secure);

/**
 * The account that was last connected from this browser. It decides about no access, only about a question to the user:
 * the user can change it.
 */
export function lastAccount(c: Context, secure: boolean): AccountId | undefined {
  return accountIdSchema.safeParse(getCookie(c, cookieName(secure))).data;
}

export function setLastAccount(c: Context, account: AccountId, secure: boolean): void {
  setCookie(c, cookieName(secure), account, lastingCookieOptions(secure));
}
