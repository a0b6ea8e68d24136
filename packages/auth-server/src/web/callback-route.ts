import type { Hono } from "hono";
import { deleteCookie, getCookie } from "hono/cookie";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import { loginCookieName } from "../login/login-cookie.ts";
import { callbackPath, interactionPath } from "../paths.ts";
import { errorPage } from "./pages/error-page.ts";
import { insufficientScopePage } from "./pages/insufficient-scope-page.ts";
import type { WebEnv, WebDependencies } from "./web-dependencies.ts";
import { renderPage } from "./render-page.ts";

/** Where Forgejo sends the browser back to. */
export function callbackRoute(app: Hono<WebEnv>, parts: WebDependencies): void {
  const { secureCookies: secure, forgejoUrl, loginFlow, events } = parts;

  app.get(callbackPath, async (c) => {
    c.header("cache-control", "no-store");
    const callback = { state: c.req.query("state"), code: c.req.query("code"), error: c.req.query("error") };
    const cookieName = callback.state === undefined ? "" : loginCookieName(callback.state, secure);
    const cookie = getCookie(c, cookieName);
    const outcome = await loginFlow.finish(callback, cookie);
    // Not before: while Redis is away the browser keeps it, and a reload goes on.
    if (cookie !== undefined) deleteCookie(c, cookieName, { path: "/", secure });

    if (outcome.kind === "redirect") return c.redirect(outcome.location, 303);
    const reference = newErrorReference();
    if (outcome.kind === "unknown") {
      events.loginFailed({ error: "invalid_request", detail: outcome.detail, reference });
      const fault = {
        title: "This login can not go on",
        detail: "It has expired, was finished already, or was started in another browser.",
      };
      return renderPage(c, errorPage({ ...fault, reference }), { status: 400 });
    }
    const { missing, uid } = outcome;
    events.loginFailed({ error: "scope_too_narrow", detail: `missing: ${missing.join(" ")}`, reference });
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
