import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { deleteCookie, getCookie } from "hono/cookie";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import { hostCookieOptions } from "../host-cookie.ts";
import { loginCookiesToEvict } from "../login/login-cookie.ts";
import { interactionPath } from "../paths.ts";
import type { PendingAuthorization } from "../provider/pending-authorizations.ts";
import { createChoicesCookie } from "./choices-cookie.ts";
import { accessOf, readChoice, type SubmittedForm } from "./consent-choice.ts";
import { createConsentForms } from "./consent-forms.ts";
import { consentOffer } from "./consent-offer.ts";
import { consentPage, type ConsentView } from "./pages/consent-page.ts";
import { deviceResultPage } from "./pages/device-result-page.ts";
import type { LoginFault } from "../login/login-fault.ts";
import { loginFaultPage } from "./pages/login-fault-page.ts";
import { createIsSameOrigin } from "./same-origin.ts";
import type { WebEnv, WebDeps } from "./web-deps.ts";
import { clientFormTargets } from "./client-form-targets.ts";
import { toClient } from "./to-client.ts";
import { setLoginCookie } from "./set-login-cookie.ts";
import { renderPage } from "./render-page.ts";
import { createTrustTierOf } from "./trust-tier.ts";

const maxFormBytes = 16 * 1024;
/** A browser that accepts cookies sends a new one back within this time, as it only follows a redirect. */
const cookieReturnMs = 15_000;

/** The consent page, and the form that posts the decision. */
export function consentRoutes(app: Hono<WebEnv>, deps: WebDeps): void {
  const { secureCookies: secure, forgejoUrl, pending, loginFlow, derivation, events, clock } = deps;
  const path = `${interactionPath}/:uid` as const;
  const ofBrowser = (c: Context<WebEnv, typeof path>) =>
    pending.ofBrowser(c.env.incoming, c.env.outgoing, c.req.param("uid"));
  const forms = createConsentForms(derivation, clock);
  const isSameOrigin = createIsSameOrigin(deps.issuer);
  const trustTierOf = createTrustTierOf(deps.documents);
  const choices = createChoicesCookie({ derivation, clock, secure });

  const offerOf = ({ requestedScopes }: PendingAuthorization) =>
    consentOffer(requestedScopes, deps.forgejoScope, deps.isReadingEnforced);

  const show = (
    c: Context<WebEnv, typeof path>,
    authorization: PendingAuthorization,
    again: { status?: 400; submitted?: ConsentView["submitted"] } = {},
  ) => {
    const { uid, redirectUri, mayRefresh, personalToken } = authorization;
    const { status, submitted } = again;
    const page = consentPage(c.var.page, {
      pending: authorization,
      trust: redirectUri === undefined ? undefined : trustTierOf(authorization, redirectUri),
      forgejoUrl,
      offer: offerOf(authorization),
      earlier: choices.find(c, authorization),
      lifetimeSec: personalToken?.expiresInSec ?? (mayRefresh ? deps.refreshTokenSec : deps.accessTokenSec),
      action: `${interactionPath}/${uid}`,
      csrf: forms.issue(uid),
      ...(submitted && { submitted }),
    });
    return renderPage(c, page, {
      formTargets: clientFormTargets(forgejoUrl, redirectUri),
      ...(status && { status }),
    });
  };

  app.get(path, async (c) => {
    const authorization = await ofBrowser(c);
    if (authorization === undefined) return notPending(c, await faultOf(c));
    if (authorization.completed !== undefined) {
      return authorization.userCode === undefined
        ? notPending(c, "finished")
        : renderPage(c, deviceResultPage(c.var.page, authorization.completed.result));
    }
    return show(c, authorization);
  });

  app.post(path, bodyLimit({ maxSize: maxFormBytes }), async (c) => {
    if (!isSameOrigin(c)) return notPending(c, "expired", "the form was sent by another site");
    const authorization = await ofBrowser(c);
    if (authorization === undefined) return notPending(c, await faultOf(c));
    const { uid, clientId, completed } = authorization;
    const form: SubmittedForm | undefined = await c.req.parseBody({ all: true }).catch(() => undefined);
    if (form === undefined) return notPending(c, "expired", "the form cannot be parsed");
    if (form.account !== undefined) return confirm(c, authorization, form.account);
    const consentForm = forms.verify(uid, form.csrf);
    if (consentForm === undefined) return notPending(c, "expired", "the form does not belong to this page");

    const isAllowed = form.decision === "allow";
    if (completed !== undefined) {
      // A second click: the browser continues where the first one led.
      const isSame = isAllowed === (completed.result === "granted");
      return isSame
        ? c.redirect(completed.location, 303)
        : notPending(c, "finished", "the decision was made before");
    }
    if (form.decision === "deny") {
      events.loginDenied({ clientId });
      const location = await pending.fail(
        uid,
        "access_denied",
        "You did not allow this client. Connect again to allow it.",
      );
      return location === undefined ? notPending(c, "expired") : c.redirect(location, 303);
    }
    const { choice, fault } = readChoice(form, offerOf(authorization));
    if (!isAllowed || fault !== undefined) {
      return show(c, authorization, { status: 400, submitted: { choice, fault } });
    }
    if (forms.isStale(consentForm)) {
      // Read again and decided again; only the areas stay as they were.
      const kept = { ...choice, level: undefined, started: false };
      return show(c, authorization, { submitted: { choice: kept, fault: "outdated" } });
    }

    const cookie = hostCookieOptions(secure);
    for (const name of loginCookiesToEvict(getCookie(c), secure)) deleteCookie(c, name, cookie);
    const consent = { ...consentForm, access: accessOf(choice) };
    const { attempt, location } = await loginFlow.start(authorization, consent);
    setLoginCookie(c, attempt, secure);
    return c.redirect(location, 303);
  });

  /** The user goes on with another account than the one that was connected from this browser before. */
  async function confirm(c: Context<WebEnv>, authorization: PendingAuthorization, account: unknown) {
    const outcome = await loginFlow.confirm(authorization, account);
    if (outcome?.kind === "redirect") return toClient(c, outcome, deps);
    return notPending(c, "expired", "the account cannot be confirmed");
  }

  /** Why this browser has no pending authorization request with this uid. */
  async function faultOf(c: Context<WebEnv, typeof path>): Promise<LoginFault> {
    const authorization = await pending.find(c.req.param("uid"));
    if (authorization?.completed !== undefined) return "finished";
    if (authorization !== undefined) {
      const ageMs = clock() - authorization.startedAtSec * 1000;
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
    return renderPage(c, loginFaultPage(c.var.page, fault, { host, forgejoUrl, reference }), { status: 400 });
  }
}
