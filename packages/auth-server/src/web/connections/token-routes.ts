import { randomBytes } from "node:crypto";
import type { Context, Hono, MiddlewareHandler } from "hono";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import { sha256Hex } from "@fjmcp/shared/hash";
import { maxPersonalTokenSec } from "@fjmcp/shared/ipc/admin";
import { mcpResource, scopes } from "@fjmcp/shared/oauth/mcp-resource";
import { AccountDisconnectedError } from "../../grant/account-disconnected-error.ts";
import { maxPersonalTokens } from "../../grant/personal-token.ts";
import { TooManyPersonalTokensError } from "../../grant/too-many-personal-tokens-error.ts";
import { connectionsSessionSec } from "../../login/connections-login.ts";
import { parseTokenPlan, type TokenPlan } from "../../login/token-plan.ts";
import { connectionsPaths } from "../../paths.ts";
import { clientFormTargets } from "../client-form-targets.ts";
import { consentOffer } from "../consent-offer.ts";
import { initialChoice } from "../pages/consent-choices.ts";
import { tokenCreatedPage } from "../pages/connections/token-created-page.ts";
import { tokenFormPage } from "../pages/connections/token-form-page.ts";
import { insufficientScopePage } from "../pages/insufficient-scope-page.ts";
import { ownForms, renderPage } from "../render-page.ts";
import type { TokenFormFault } from "../token-form-fault.ts";
import type { WebDeps, WebEnv } from "../web-deps.ts";
import { signInForm } from "../pages/connections/sign-in-page.ts";
import type { CheckAtForgejo } from "./check-at-forgejo.ts";
import type { ConnectionsGuard, SignedInUser } from "./connections-guard.ts";
import { readTokenForm, suggestedDays, type TokenDraft, type WantedToken } from "./token-form.ts";

const maxDays = maxPersonalTokenSec / 86_400;

interface SentTokenForm {
  readonly draft: TokenDraft;
  readonly wanted: WantedToken;
  /** Names the form among those of its session. */
  readonly formId: string;
}

/**
 * The form for a new personal token, and its result. The result is the response to the form itself, so that the token is in
 * no URL and is stored nowhere; each form makes one token at most, so that a reload of the result makes none.
 */
export function tokenRoutes(
  app: Hono<WebEnv>,
  deps: WebDeps,
  {
    guard,
    checkAtForgejo,
    limit,
  }: { guard: ConnectionsGuard; checkAtForgejo: CheckAtForgejo; limit: MiddlewareHandler },
): void {
  const { issuer, forgejoUrl, personalTokens, sessions, events } = deps;
  const offer = consentOffer(scopes, deps.forgejoScope, deps.isReadingEnforced);
  const emptyDraft = { name: "", days: String(suggestedDays), choice: initialChoice(offer) };

  /** After a sign-in for a token: what was typed before it. A link must not choose the level. */
  const draftOf = (c: Context<WebEnv>): TokenDraft => {
    const plan = parseTokenPlan(new URL(c.req.url).search);
    if (plan === undefined) return emptyDraft;
    const { name, days, access } = plan;
    const choice = { ...emptyDraft.choice, toolsets: access.toolsets };
    return { name, days: days === "" ? emptyDraft.days : days, choice };
  };

  const showForm = (
    c: Context<WebEnv>,
    user: SignedInUser,
    { draft = emptyDraft, fault }: { draft?: TokenDraft; fault?: TokenFormFault } = {},
  ) => {
    const formId = randomBytes(32).toString("base64url");
    const page = tokenFormPage(c.var.page, { ...user, forgejoUrl, formId, offer, draft, maxDays, fault });
    return renderPage(c, page, {
      ...ownForms,
      ...(fault !== undefined && c.req.method === "POST" && { status: fault === "too_often" ? 429 : 400 }),
    });
  };

  /** A token would rest on what Forgejo granted: another sign-in asks Forgejo for all. */
  function rejectMissing(
    c: Context<WebEnv>,
    { csrf }: SignedInUser,
    { missing, tokenPlan }: { missing: readonly string[]; tokenPlan: TokenPlan },
  ) {
    const reference = newErrorReference();
    events.loginFailed({ error: "insufficient_scope", detail: `missing: ${missing.join(" ")}`, reference });
    const retry = signInForm(csrf, c.var.page.texts.common.tryAgain, "", tokenPlan);
    const view = { missing, entry: deps.entryOf(tokenPlan.access), forgejoUrl, retry, reference };
    return renderPage(c, insufficientScopePage(c.var.page, view), {
      status: 403,
      formTargets: clientFormTargets(forgejoUrl, undefined),
    });
  }

  async function create(c: Context<WebEnv>, user: SignedInUser, { draft, wanted, formId }: SentTokenForm) {
    const formHash = sha256Hex(`${user.csrf}.${formId}`);
    if (!(await sessions.claimForm(formHash, connectionsSessionSec)))
      return guard.reject(c, "form_used", 409);
    try {
      const { token, expiresAtSec } = await personalTokens.create(user.accountId, wanted);
      const created = { name: wanted.name, token, expiresAtMs: expiresAtSec * 1000 };
      const view = { ...user, forgejoUrl, mcpUrl: mcpResource(issuer), ...created };
      return await renderPage(c, tokenCreatedPage(c.var.page, view), ownForms);
    } catch (error) {
      if (error instanceof TooManyPersonalTokensError) {
        const { waitSec } = error;
        if (waitSec !== undefined) c.header("retry-after", String(waitSec));
        return showForm(c, user, { draft, fault: waitSec === undefined ? "too_many" : "too_often" });
      }
      // No Forgejo tokens that it could rest on: the user has not signed in with its application, or they ended with the
      // last connection there. The next login brings them.
      if (error instanceof AccountDisconnectedError)
        return guard.showSignIn(c, "forgejo_first", planOf({ draft, wanted }));
      throw error;
    }
  }

  app.get(
    connectionsPaths.newToken,
    guard.page(async (c, user) => {
      const grants = await deps.connections.list(user.accountId);
      const isFull =
        grants.filter(({ personalToken }) => personalToken !== undefined).length >= maxPersonalTokens;
      return showForm(c, user, { draft: draftOf(c), ...(isFull && { fault: "too_many" }) });
    }),
  );

  app.post(
    connectionsPaths.newToken,
    limit,
    guard.form(async (c, user, form) => {
      const read = readTokenForm(form, offer, maxDays);
      if (read.fault !== undefined) return showForm(c, user, read);
      const { draft, wanted } = read;
      return checkAtForgejo(
        c,
        () => deps.checkUser(user.accountId, wanted.access),
        (missing) =>
          missing.length > 0
            ? rejectMissing(c, user, { missing, tokenPlan: planOf(read) })
            : create(c, user, { draft, wanted, formId: String(form.form) }),
        () => guard.showSignIn(c, "forgejo_first", planOf(read)),
      );
    }),
  );
}

/** What is kept over a sign-in. */
function planOf({ draft, wanted }: Pick<SentTokenForm, "draft" | "wanted">): TokenPlan {
  return { access: wanted.access, name: draft.name, days: draft.days };
}
