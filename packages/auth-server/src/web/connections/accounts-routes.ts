import type { Context, Hono, MiddlewareHandler } from "hono";
import { accountIdSchema, grantIdSchema, type AccountId } from "@fjmcp/shared/ids";
import { takePage } from "@fjmcp/shared/ipc/page";
import { connectionsPaths } from "../../paths.ts";
import { LoginRequiredError } from "../../upstream/errors/login-required-error.ts";
import { UpstreamMisconfiguredError } from "../../upstream/errors/upstream-misconfigured-error.ts";
import { UpstreamUnavailableError } from "../../upstream/errors/upstream-unavailable-error.ts";
import { UserSuspendedError } from "../../upstream/errors/user-suspended-error.ts";
import { accountPage, accountsPage } from "../pages/connections/accounts-page.ts";
import { ownForms, renderPage } from "../render-page.ts";
import type { WebDependencies, WebEnv } from "../web-dependencies.ts";
import type { ConnectionViews } from "./connection-views.ts";
import { takeNotice } from "./notice-cookie.ts";
import type { SignedIn, SignedInUser } from "./signed-in.ts";

const accountsPerPage = 50;
/** Looks of one administrator at one account within this time are one event of its history. */
const viewedAgainMs = 3600_000;

/**
 * The connections of all accounts, for administrators of Forgejo, which is asked anew at each request: to look at, and to
 * disconnect. Both are logged, and shown to the account's user.
 */
export function accountsRoutes(
  app: Hono<WebEnv>,
  deps: WebDependencies,
  web: { signedIn: SignedIn; views: ConnectionViews; limit: MiddlewareHandler },
): void {
  const { secureCookies: secure, forgejoUrl, connections, directory, loginOf, history, events, clock } = deps;
  const { signedIn, views, limit } = web;
  const onePath = `${connectionsPaths.accounts}/:id`;
  const idOf = (c: Context<WebEnv>) => accountIdSchema.parse(c.req.param("id"));

  app.get(
    connectionsPaths.accounts,
    signedIn.page((c, user) => asAdministrator(c, user, () => showAccounts(c, user))),
  );

  app.get(
    onePath,
    signedIn.page((c, user) => asAdministrator(c, user, () => showAccount(c, user, idOf(c)))),
  );

  app.post(
    onePath,
    limit,
    signedIn.form((c, user, form) =>
      asAdministrator(c, user, async () => {
        const accountId = idOf(c);
        const grantId = grantIdSchema.safeParse(form["connection"]).data;
        const isAction = form["action"] === "disconnect" && grantId !== undefined;
        const outcome = isAction ? await connections.end(accountId, grantId, "administrator") : "unknown";
        if (isAction && outcome === "ended") {
          events.accessEnded({ kind: "connection", administrator: user.accountId, accountId, grantId });
        }
        const notice = outcome === "ended" ? "ended" : "gone";
        return signedIn.back(c, `${connectionsPaths.accounts}/${accountId}`, notice);
      }),
    ),
  );

  async function asAdministrator(c: Context<WebEnv>, user: SignedInUser, act: () => Promise<Response>) {
    try {
      if (await deps.isAdministrator(user.accountId)) return await act();
    } catch (error) {
      // Its Forgejo tokens ended with its last connection: the next login brings new ones.
      if (error instanceof LoginRequiredError) return signedIn.showSignIn(c);
      if (error instanceof UpstreamUnavailableError || error instanceof UpstreamMisconfiguredError)
        return signedIn.reject(c, "unavailable", 503);
      if (!(error instanceof UserSuspendedError)) throw error;
    }
    events.administratorRejected({ accountId: user.accountId });
    return signedIn.reject(c, "not_administrator", 403);
  }

  async function showAccounts(c: Context<WebEnv>, user: SignedInUser) {
    const after = c.req.query("after");
    const page = takePage(await directory.accounts(), (id) => id.padStart(20, "0"), {
      limit: accountsPerPage,
      after,
    });
    const accounts = await Promise.all(page.items.map(describe));
    const view = {
      ...user,
      forgejoUrl,
      accounts: accounts.filter((one) => one.connections > 0),
      isFirst: after === undefined,
      next: page.next,
    };
    return renderPage(c, accountsPage(c.var.page, view), ownForms);
  }

  async function showAccount(c: Context<WebEnv>, user: SignedInUser, accountId: AccountId) {
    const [account, list] = await Promise.all([describe(accountId), views.list(accountId)]);
    if (accountId !== user.accountId && list.length > 0) await recordView(user.accountId, accountId);
    const notice = takeNotice(c, secure);
    const view = { ...user, forgejoUrl, account, connections: list, notice, nowMs: clock() };
    return renderPage(c, accountPage(c.var.page, view), ownForms);
  }

  async function describe(accountId: AccountId) {
    const [grants, login] = await Promise.all([connections.list(accountId), loginOf(accountId)]);
    return { accountId, login, connections: grants.length };
  }

  async function recordView(administrator: AccountId, accountId: AccountId): Promise<void> {
    events.connectionsViewed({ administrator, accountId });
    const atMs = clock();
    const isRecent = (await history.list(accountId)).some(
      (event) =>
        event.kind === "viewed" && event.administrator === administrator && atMs - event.atMs < viewedAgainMs,
    );
    if (!isRecent) await history.add(accountId, { kind: "viewed", atMs, administrator });
  }
}
