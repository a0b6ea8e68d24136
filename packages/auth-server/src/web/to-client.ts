import type { Context } from "hono";
import type { LoginOutcome } from "../login/login-outcome.ts";
import { setLastAccount } from "./account-cookie.ts";

/** Leads on to the client after a login, and remembers in this browser which account was connected. */
export function toClient(
  c: Context,
  { location, connected }: Extract<LoginOutcome, { kind: "redirect" }>,
  secure: boolean,
): Response {
  if (connected !== undefined) setLastAccount(c, connected, secure);
  return c.redirect(location, 303);
}
