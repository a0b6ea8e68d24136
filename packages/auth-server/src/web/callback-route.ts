import type { Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { sha256Hex } from "@fjmcp/shared/hash";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import { hostCookieOptions } from "../host-cookie.ts";
import { loginCookieName, loginOfCookie } from "../login/login-cookie.ts";
import { isConnectionsLogin } from "../login/connections-login.ts";
import { callbackPath } from "../paths.ts";
import { repeatSec } from "../repeat-window.ts";
import { sessionCookie, setSessionCookie } from "./connections/session-cookie.ts";
import { signInFailedPage } from "./pages/connections/sign-in-failed-page.ts";
import { otherAccountPage } from "./pages/other-account-page.ts";
import { insufficientScopePage } from "./pages/insufficient-scope-page.ts";
import { buttonTo } from "./pages/link-to.ts";
import { loginFaultPage } from "./pages/login-fault-page.ts";
import { notAllowedPage } from "./pages/not-allowed-page.ts";
import { suspendedPage } from "./pages/suspended-page.ts";
import { clientFormTargets } from "./client-form-targets.ts";
import { lastAccount } from "./account-cookie.ts";
import { toClient } from "./to-client.ts";
import { setLoginCookie } from "./set-login-cookie.ts";
import type { WebEnv, WebDeps } from "./web-deps.ts";
import { renderPage } from "./render-page.ts";

const signInFailureStatus = {
  access_denied: 403,
  not_allowed: 403,
  temporarily_unavailable: 503,
  server_error: 500,
} as const;

/** Our redirect URI at Forgejo: finishes the login. The same browser can repeat it for `repeatSec`. */
export function callbackRoute(app: Hono<WebEnv>, deps: WebDeps): void {
  const { secureCookies: secure, forgejoUrl, loginFlow, connectionsLogin, sessions, events } = deps;

  app.get(callbackPath, async (c) => {
    c.header("cache-control", "no-store");
    const callback = { state: c.req.query("state"), code: c.req.query("code"), error: c.req.query("error") };
    const cookieName = callback.state === undefined ? "" : loginCookieName(callback.state, secure);
    const cookie = getCookie(c, cookieName);
    const login = isConnectionsLogin(cookie) ? connectionsLogin : loginFlow;
    const outcome = await login.finish(callback, cookie, lastAccount(c, secure));
    // Shortened only now: while Redis is unavailable the browser keeps the cookie, and a reload can finish the login.
    if (cookie !== undefined) {
      setCookie(c, cookieName, cookie, { ...hostCookieOptions(secure), maxAge: repeatSec });
    }

    if (outcome.kind === "redirect") return toClient(c, outcome, deps);
    if (outcome.kind === "other_account") {
      const page = otherAccountPage(c.var.page, { ...outcome, forgejoUrl });
      return renderPage(c, page, { formTargets: clientFormTargets(forgejoUrl, outcome.redirectUri) });
    }
    if (outcome.kind === "repeat") {
      setLoginCookie(c, outcome.attempt, secure);
      return c.redirect(outcome.location, 303);
    }
    if (outcome.kind === "signed_in") {
      const previous = sessionCookie(c, secure);
      if (previous !== undefined && previous !== outcome.sessionId)
        await sessions.delete(sha256Hex(previous));
      setSessionCookie(c, outcome.sessionId, secure);
      return c.redirect(outcome.path, 303);
    }
    const reference = newErrorReference();
    if (outcome.kind === "sign_in_failed") {
      const { error, detail } = outcome;
      events.loginFailed({ error, detail, reference });
      return renderPage(c, signInFailedPage(c.var.page, { error, reference }), {
        status: signInFailureStatus[error],
      });
    }
    if (outcome.kind === "no_pending_login") {
      events.loginFailed({ error: "invalid_request", detail: outcome.detail, reference });
      const { host } = new URL(deps.issuer);
      return renderPage(c, loginFaultPage(c.var.page, outcome.fault, { host, forgejoUrl, reference }), {
        status: 400,
      });
    }
    if (outcome.kind === "suspended") {
      events.loginFailed({
        error: "suspended",
        detail: "Forgejo does not serve this user at present",
        reference,
      });
      const { message, retryPath: retryUrl } = outcome;
      const view = { message, forgejoUrl, retryUrl, reference };
      return renderPage(c, suspendedPage(c.var.page, view), { status: 403 });
    }
    if (outcome.kind === "not_allowed") {
      const detail = "the user is not allowed to sign in";
      events.loginFailed({ error: "access_denied", detail, reference });
      const { login, location } = outcome;
      const page = notAllowedPage(c.var.page, { login, forgejoUrl, continueUrl: location, reference });
      return renderPage(c, page, { status: 403 });
    }
    const { missing, retryPath } = outcome;
    const entry = cookie === undefined ? undefined : deps.entryOf(loginOfCookie(cookie).access);
    const retry = buttonTo(retryPath, c.var.page.texts.common.tryAgain);
    events.loginFailed({ error: "insufficient_scope", detail: `missing: ${missing.join(" ")}`, reference });
    const page = insufficientScopePage(c.var.page, { missing, entry, forgejoUrl, retry, reference });
    return renderPage(c, page, { status: 403 });
  });
}
