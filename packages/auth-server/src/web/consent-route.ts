import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import { loginAttemptSec, loginCookiesToEvict } from "../login/login-cookie.ts";
import { interactionPath } from "../paths.ts";
import { constantTimeEqual } from "../crypto/constant-time-equal.ts";
import { consentPage } from "./pages/consent-page.ts";
import type { LoginFault } from "../login/login-fault.ts";
import { loginFaultPage } from "./pages/login-fault-page.ts";
import { redirectTarget } from "./pages/redirect-target.ts";
import type { WebEnv, WebDependencies } from "./web-dependencies.ts";
import { renderPage } from "./render-page.ts";

const maxFormBytes = 16 * 1024;
/** A browser that accepts cookies sends a new one back within this time, as it only follows a redirect. */
const cookieReturnMs = 15_000;

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
    if (authorization === undefined) return notPending(c, await faultOf(c));
    const { uid, redirectUri } = authorization;
    return renderPage(
      c,
      consentPage({
        pending: authorization,
        forgejoUrl,
        forgejoScope: deps.forgejoScope,
        action: `${interactionPath}/${uid}`,
        csrf: csrfOf(uid),
      }),
      { formTargets: formTargets(forgejo, redirectUri) },
    );
  });

  app.post(path, bodyLimit({ maxSize: maxFormBytes }), async (c) => {
    const authorization = await ofBrowser(c);
    if (authorization === undefined) return notPending(c, await faultOf(c));
    const { uid, clientId } = authorization;
    const form = await c.req.parseBody().catch(() => undefined);
    if (form === undefined) return notPending(c, "expired", "the form cannot be parsed");
    const { csrf } = form;
    if (typeof csrf !== "string" || !constantTimeEqual(csrf, csrfOf(uid))) {
      return notPending(c, "expired", "the form does not belong to this page");
    }

    if (form.decision !== "allow") {
      events.loginDenied({ clientId });
      const location = await pending.fail(uid, "access_denied", "the user denied this client");
      return location === undefined ? notPending(c, "expired") : c.redirect(location, 303);
    }
    const cookie = { path: "/", secure, httpOnly: true, sameSite: "Lax" } as const;
    for (const name of loginCookiesToEvict(getCookie(c), secure)) deleteCookie(c, name, cookie);
    const { attempt, location } = await loginFlow.start(authorization);
    setCookie(c, attempt.cookieName, attempt.cookieValue, { ...cookie, maxAge: loginAttemptSec });
    return c.redirect(location, 303);
  });

  /** Why this browser has no pending authorization request with this uid. */
  async function faultOf(c: Context<WebEnv, typeof path>): Promise<LoginFault> {
    const authorization = await pending.find(c.req.param("uid"));
    if (authorization !== undefined) {
      const ageMs = deps.clock() - authorization.startedAtSec * 1000;
      return ageMs < cookieReturnMs ? "cookies_blocked" : "other_browser";
    }
    // The cookie outlives a request that is finished, and expires with one that is not.
    const hasCookie = Object.keys(getCookie(c)).some((name) => name.endsWith("fjmcp-interaction"));
    return hasCookie ? "finished" : "expired";
  }

  function notPending(
    c: Context<WebEnv>,
    fault: LoginFault,
    detail = "no such authorization request in this browser",
  ) {
    const reference = newErrorReference();
    events.loginFailed({ error: "invalid_request", detail, reference });
    const { host } = new URL(deps.issuer);
    return renderPage(c, loginFaultPage(fault, { host, forgejoUrl, reference }), { status: 400 });
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
