import type { Context } from "hono";
import type { LoginOutcome } from "../login/login-outcome.ts";
import { setLastAccount } from "./account-cookie.ts";
import { createChoicesCookie } from "./choices-cookie.ts";
import type { WebDeps } from "./web-deps.ts";

/** Leads on to the client after a login, and remembers in this browser which account was connected and what was chosen. */
export function toClient(
  c: Context,
  { location, connected, chosen }: Extract<LoginOutcome, { kind: "redirect" }>,
  { secureCookies: secure, derivation, clock }: Pick<WebDeps, "secureCookies" | "derivation" | "clock">,
): Response {
  if (connected !== undefined) setLastAccount(c, connected, secure);
  if (chosen !== undefined) createChoicesCookie({ derivation, clock, secure }).remember(c, chosen);
  return c.redirect(location, 303);
}
