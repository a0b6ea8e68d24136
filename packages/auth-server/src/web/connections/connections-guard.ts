import { randomBytes } from "node:crypto";
import type { Context, Handler } from "hono";
import { sha256Hex } from "@fjmcp/shared/hash";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import type { ConnectionsSession } from "../../login/connections-session-store.ts";
import type { TokenPlan } from "../../login/token-plan.ts";
import { connectionsPaths } from "../../paths.ts";
import { clientFormTargets } from "../client-form-targets.ts";
import type { ConnectionNotice } from "../connection-notice.ts";
import type { ConnectionsFault } from "../connections-fault.ts";
import type { SubmittedForm } from "../consent-choice.ts";
import { connectionsFaultPage } from "../pages/connections/connections-fault-page.ts";
import { signInPage } from "../pages/connections/sign-in-page.ts";
import { renderPage } from "../render-page.ts";
import type { WebDeps, WebEnv } from "../web-deps.ts";
import { createFormGuard, type FormFault } from "./form-guard.ts";
import { setNotice, takeNotice } from "./notice-cookie.ts";
import { sessionCookie, setSessionCookie } from "./session-cookie.ts";

type PageContext = Context<WebEnv>;

/** A signed-in user, on one page. */
export interface SignedInUser extends ConnectionsSession {
  /** The CSRF token of the page's forms. */
  readonly csrf: string;
}

/** Guards the routes of the page of connections: whether a user is signed in, and whether a form is our own. */
export interface ConnectionsGuard {
  /** A page for a signed-in user; any other browser gets the sign-in page. */
  page(show: (c: PageContext, user: SignedInUser) => Response | Promise<Response>): Handler<WebEnv>;
  /** A form of such a page; one that another site or another browser has sent is rejected before `act`. */
  form(
    act: (c: PageContext, user: SignedInUser, form: SubmittedForm) => Response | Promise<Response>,
  ): Handler<WebEnv>;
  /** As `form`, for the form of the sign-in page. */
  anonymousForm(act: (c: PageContext, form: SubmittedForm) => Response | Promise<Response>): Handler<WebEnv>;
  /** `tokenPlan`: of a personal token that the sign-in is for. */
  showSignIn(c: PageContext, notice?: ConnectionNotice, tokenPlan?: TokenPlan): Response | Promise<Response>;
  /** Leads back to a page, which shows the notice once. */
  back(c: PageContext, path: string, notice: ConnectionNotice): Response;
  reject(c: PageContext, fault: ConnectionsFault, status: 403 | 404 | 409): Response | Promise<Response>;
}

export function createConnectionsGuard(deps: WebDeps): ConnectionsGuard {
  const { issuer, secureCookies: secure, sessions, forgejoUrl, derivation, events } = deps;
  const formGuard = createFormGuard(derivation, issuer);

  async function userOf(cookie: string | undefined): Promise<SignedInUser | undefined> {
    const session = cookie === undefined ? undefined : await sessions.find(sha256Hex(cookie));
    if (cookie === undefined || session === undefined) return undefined;
    return { ...session, csrf: formGuard.token(cookie) };
  }

  function showSignIn(c: PageContext, notice = takeNotice(c, secure), tokenPlan?: TokenPlan) {
    // The cookie of a session that has ended serves as well.
    const known = sessionCookie(c, secure);
    const cookie = known ?? randomBytes(32).toString("base64url");
    if (known === undefined) setSessionCookie(c, cookie, secure);
    const page = signInPage(c.var.page, { csrf: formGuard.token(cookie), forgejoUrl, notice, tokenPlan });
    return renderPage(c, page, { formTargets: clientFormTargets(forgejoUrl, undefined) });
  }

  function rejectForm(c: PageContext, fault: FormFault) {
    const reference = newErrorReference();
    events.connectionsFormRejected({ detail: fault, reference });
    return renderPage(c, connectionsFaultPage(c.var.page, fault, reference), { status: 403 });
  }

  /** The form, once it is known to be the page's own. */
  async function ownForm(c: PageContext, cookie: string | undefined): Promise<SubmittedForm | FormFault> {
    const form: SubmittedForm = await c.req.parseBody({ all: true }).catch(() => ({}));
    return formGuard.fault(c, cookie, form.csrf) ?? form;
  }

  return {
    page: (show) => async (c) => {
      const user = await userOf(sessionCookie(c, secure));
      return user === undefined ? showSignIn(c) : show(c, user);
    },

    form: (act) => async (c) => {
      const cookie = sessionCookie(c, secure);
      const form = await ownForm(c, cookie);
      if (typeof form === "string") return rejectForm(c, form);
      const user = await userOf(cookie);
      if (user !== undefined) return act(c, user, form);
      setNotice(c, "signed_in_again", secure);
      return c.redirect(connectionsPaths.list, 303);
    },

    anonymousForm: (act) => async (c) => {
      const form = await ownForm(c, sessionCookie(c, secure));
      return typeof form === "string" ? rejectForm(c, form) : act(c, form);
    },

    showSignIn,

    back(c, path, notice) {
      setNotice(c, notice, secure);
      return c.redirect(path, 303);
    },

    reject: (c, fault, status) =>
      renderPage(c, connectionsFaultPage(c.var.page, fault, undefined), { status }),
  };
}
