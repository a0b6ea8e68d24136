import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { deleteCookie, getCookie } from "hono/cookie";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import { loginCookiesToEvict } from "../login/login-cookie.ts";
import { interactionPath } from "../paths.ts";
import { constantTimeEqual } from "../crypto/constant-time-equal.ts";
import { consentPage } from "./pages/consent-page.ts";
import { errorPage } from "./pages/error-page.ts";
import { redirectTarget } from "./pages/redirect-target.ts";
import type { WebEnv, WebDependencies } from "./web-dependencies.ts";
import { setLoginCookie } from "./set-login-cookie.ts";
import { renderPage } from "./render-page.ts";

const maxFormBytes = 16 * 1024;

/** The consent page, and the form that posts the decision. */
export function consentRoutes(app: Hono<WebEnv>, deps: WebDependencies): void {
  const { secureCookies: secure, forgejoUrl, pending, loginFlow, derivation, events } = deps;
  const forgejo = new URL(forgejoUrl);
  const path = `${interactionPath}/:uid` as const;
  const ofBrowser = (c: Context<WebEnv, typeof path>) =>
    pending.ofBrowser(c.env.incoming, c.env.outgoing, c.req.param("uid"));
  const csrfOf = (uid: string) => derivation.derive("consent-csrf", uid);

  app.get(path, async (c) => {
    const authorization = await ofBrowser(c);
    if (authorization === undefined) return expired(c);
    const { uid, redirectUri } = authorization;
    return renderPage(
      c,
      consentPage({
        pending: authorization,
        forgejoHost: forgejo.host,
        action: `${interactionPath}/${uid}`,
        csrf: csrfOf(uid),
      }),
      { formTargets: formTargets(forgejo, redirectUri) },
    );
  });

  app.post(path, bodyLimit({ maxSize: maxFormBytes }), async (c) => {
    const authorization = await ofBrowser(c);
    if (authorization === undefined) return expired(c);
    const { uid, clientId } = authorization;
    const form = await c.req.parseBody().catch(() => undefined);
    if (form === undefined) return expired(c, "the form cannot be parsed");
    const { csrf } = form;
    if (typeof csrf !== "string" || !constantTimeEqual(csrf, csrfOf(uid))) {
      return expired(c, "the form does not belong to this page");
    }

    if (form.decision !== "allow") {
      events.loginDenied({ clientId });
      const location = await pending.fail(uid, "access_denied", "the user denied this client");
      return location === undefined ? expired(c) : c.redirect(location, 303);
    }
    const cookie = { path: "/", secure, httpOnly: true, sameSite: "Lax" } as const;
    for (const name of loginCookiesToEvict(getCookie(c), secure)) deleteCookie(c, name, cookie);
    const { attempt, location } = await loginFlow.start(authorization);
    setLoginCookie(c, attempt, secure);
    return c.redirect(location, 303);
  });

  function expired(c: Context<WebEnv>, detail = "no such authorization request in this browser") {
    const reference = newErrorReference();
    events.loginFailed({ error: "invalid_request", detail, reference });
    const fault = {
      title: "This page has expired",
      detail: "It belongs to a login that is over, or that was started in another browser.",
    };
    return renderPage(c, errorPage({ ...fault, reference }), { status: 400 });
  }
}

/** The CSP sources of all redirects after “Allow” or “Deny”: this server, Forgejo, the client. */
function formTargets(forgejo: URL, redirectUri: string): string[] {
  const client = redirectTarget(redirectUri);
  return [
    "'self'",
    "https:",
    ...(forgejo.protocol === "http:" ? [forgejo.origin] : []),
    ...(client.source.startsWith("https:") ? [] : [client.source]),
  ];
}
