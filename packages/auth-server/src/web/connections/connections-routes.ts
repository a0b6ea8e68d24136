import { randomBytes } from "node:crypto";
import type { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { deleteCookie, getCookie } from "hono/cookie";
import { sha256Hex } from "@fjmcp/shared/hash";
import { grantIdSchema, type GrantId } from "@fjmcp/shared/ids";
import { mcpResource } from "@fjmcp/shared/oauth/mcp-resource";
import type { Context } from "hono";
import { hostCookieOptions } from "../../host-cookie.ts";
import { loginCookiesToEvict } from "../../login/login-cookie.ts";
import { parseTokenPlan } from "../../login/token-plan.ts";
import { connectionsPaths } from "../../paths.ts";
import type { SubmittedForm } from "../consent-choice.ts";
import type { AccessLevel } from "../consent-offer.ts";
import { connectionPage } from "../pages/connections/connection-page.ts";
import { connectionsPage } from "../pages/connections/connections-page.ts";
import { ownForms, renderPage } from "../render-page.ts";
import { setLoginCookie } from "../set-login-cookie.ts";
import type { WebDeps, WebEnv } from "../web-deps.ts";
import { accountsRoutes } from "./accounts-routes.ts";
import { createCheckAtForgejo } from "./check-at-forgejo.ts";
import { createConnectionViews } from "./connection-views.ts";
import { readNarrowing } from "./narrowing-form.ts";
import { takeNotice } from "./notice-cookie.ts";
import { deleteSessionCookie, sessionCookie } from "./session-cookie.ts";
import { tokenRoutes } from "./token-routes.ts";
import { createConnectionsGuard, type SignedInUser } from "./connections-guard.ts";

const maxFormBytes = 16 * 1024;

/** The page of connections: what a user has connected, and the forms to rename, narrow and end it. */
export function connectionsRoutes(app: Hono<WebEnv>, deps: WebDeps): void {
  const { issuer, secureCookies: secure, forgejoUrl, connections, connectionsLogin, sessions, clock } = deps;
  const guard = createConnectionsGuard(deps);
  const checkAtForgejo = createCheckAtForgejo(deps, guard);
  const views = createConnectionViews(deps);
  const limit = bodyLimit({ maxSize: maxFormBytes });
  const onePath = `${connectionsPaths.grants}/:id`;
  const idOf = (c: Context<WebEnv>) => grantIdSchema.parse(c.req.param("id"));
  const pathOf = (grantId: GrantId) => `${connectionsPaths.grants}/${grantId}`;

  app.get(
    connectionsPaths.list,
    guard.page(async (c, user) => {
      const [list, history] = await Promise.all([views.list(user.accountId), views.history(user.accountId)]);
      const page = connectionsPage(c.var.page, {
        ...user,
        forgejoUrl,
        mcpUrl: mcpResource(issuer),
        hasTwoApplications: deps.isReadingEnforced,
        connections: list,
        history,
        notice: takeNotice(c, secure),
        nowMs: clock(),
      });
      return renderPage(c, page, ownForms);
    }),
  );

  app.post(
    connectionsPaths.signIn,
    limit,
    guard.anonymousForm(async (c, { plan }) => {
      for (const name of loginCookiesToEvict(getCookie(c), secure))
        deleteCookie(c, name, hostCookieOptions(secure));
      const { attempt, location } = await connectionsLogin.start(
        randomBytes(32).toString("base64url"),
        typeof plan === "string" ? parseTokenPlan(plan) : undefined,
      );
      setLoginCookie(c, attempt, secure);
      return c.redirect(location, 303);
    }),
  );

  app.post(
    connectionsPaths.signOut,
    limit,
    guard.form(async (c) => {
      const cookie = sessionCookie(c, secure);
      if (cookie !== undefined) await sessions.delete(sha256Hex(cookie));
      deleteSessionCookie(c, secure);
      return guard.back(c, connectionsPaths.list, "signed_out");
    }),
  );

  app.get(
    onePath,
    guard.page((c, user) => showOne(c, user, idOf(c))),
  );

  app.post(
    onePath,
    limit,
    guard.form(async (c, user, form) => {
      const id = idOf(c);
      switch (form.action) {
        case "rename":
          return rename(c, user, id, form);
        case "narrow":
          return narrow(c, user, id, form);
        case "disconnect": {
          const outcome = await connections.end(user.accountId, id, "user");
          return guard.back(c, connectionsPaths.list, outcome === "ended" ? "ended" : "already_ended");
        }
        default:
          return guard.back(c, pathOf(id), "unchanged");
      }
    }),
  );

  tokenRoutes(app, deps, { guard, checkAtForgejo, limit });
  accountsRoutes(app, deps, { guard, checkAtForgejo, views, limit });

  async function showOne(c: Context<WebEnv>, user: SignedInUser, id: GrantId, withoutArea?: AccessLevel) {
    const connection = await views.one(user.accountId, id);
    if (connection === undefined) return guard.reject(c, "not_found", 404);
    const notice = takeNotice(c, secure);
    const page = connectionPage(c.var.page, {
      ...user,
      forgejoUrl,
      connection,
      notice,
      withoutArea,
      nowMs: clock(),
    });
    return renderPage(c, page, { ...ownForms, ...(withoutArea && { status: 400 }) });
  }

  async function rename(c: Context<WebEnv>, { accountId }: SignedInUser, id: GrantId, form: SubmittedForm) {
    const { name } = form;
    const outcome = await connections.rename(accountId, id, typeof name === "string" ? name : "");
    return outcome === "unknown"
      ? guard.back(c, connectionsPaths.list, "already_ended")
      : guard.back(c, pathOf(id), outcome);
  }

  async function narrow(c: Context<WebEnv>, user: SignedInUser, id: GrantId, form: SubmittedForm) {
    const { accountId } = user;
    const grant = await connections.find(accountId, id);
    if (grant === undefined) return guard.back(c, connectionsPaths.list, "already_ended");
    const access = readNarrowing(form, grant.access);
    if (access === undefined) return showOne(c, user, id, form.access === "read" ? "read" : "write");
    if (access === grant.access) return guard.back(c, pathOf(id), "unchanged");
    const outcome = await connections.narrow(accountId, id, access);
    if (outcome === "unknown") return guard.back(c, connectionsPaths.list, "already_ended");
    // Another form may have narrowed it meanwhile, so that nothing would be left.
    return guard.back(c, pathOf(id), outcome === "narrowed" ? "narrowed" : "unchanged");
  }
}
