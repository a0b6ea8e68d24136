import type { Hono } from "hono";
import { deleteCookie, getCookie } from "hono/cookie";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import { loginCookieName } from "../login/login-cookie.ts";
import { callbackPath, interactionPath } from "../paths.ts";
import { insufficientScopePage } from "./pages/insufficient-scope-page.ts";
import { loginFaultPage } from "./pages/login-fault-page.ts";
import type { WebEnv, WebDependencies } from "./web-dependencies.ts";
import { renderPage } from "./render-page.ts";

/** Our redirect URI at Forgejo: finishes the login. */
export function callbackRoute(app: Hono<WebEnv>, deps: WebDependencies): void {
  const { secureCookies: secure, forgejoUrl, loginFlow, events } = deps;

  app.get(callbackPath, async (c) => {
    c.header("cache-control", "no-store");
    const callback = { state: c.req.query("state"), code: c.req.query("code"), error: c.req.query("error") };
    const cookieName = callback.state === undefined ? "" : loginCookieName(callback.state, secure);
    const cookie = getCookie(c, cookieName);
    const outcome = await loginFlow.finish(callback, cookie);
    // Deleted only now: while Redis is unavailable the browser keeps the cookie, and a reload can finish the login.
    if (cookie !== undefined) deleteCookie(c, cookieName, { path: "/", secure });

    if (outcome.kind === "redirect") return c.redirect(outcome.location, 303);
    const reference = newErrorReference();
    if (outcome.kind === "no_pending_login") {
      events.loginFailed({ error: "invalid_request", detail: outcome.detail, reference });
      const { host } = new URL(deps.issuer);
      return renderPage(c, loginFaultPage(outcome.fault, { host, forgejoUrl, reference }), { status: 400 });
    }
    const { missing, uid } = outcome;
    events.loginFailed({ error: "insufficient_scope", detail: `missing: ${missing.join(" ")}`, reference });
    return renderPage(
      c,
      insufficientScopePage({
        missing,
        grantSettingsUrl: `${forgejoUrl}/user/settings/applications`,
        retryUrl: `${interactionPath}/${uid}`,
        reference,
      }),
      { status: 403 },
    );
  });
}
