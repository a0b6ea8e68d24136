import type { Context, Hono, MiddlewareHandler } from "hono";
import { accountIdSchema, grantIdSchema, type AccountId } from "@fjmcp/shared/ids";
import { takePage } from "@fjmcp/shared/ipc/page";
import { connectionsPaths } from "../../paths.ts";
import { accountPage, accountsPage } from "../pages/connections/accounts-page.ts";
import { ownForms, renderPage } from "../render-page.ts";
import type { WebDeps, WebEnv } from "../web-deps.ts";
import type { CheckAtForgejo } from "./check-at-forgejo.ts";
import type { ConnectionViews } from "./connection-views.ts";
import { takeNotice } from "./notice-cookie.ts";
import type { ConnectionsGuard, SignedInUser } from "./connections-guard.ts";

const accountsPerPage = 50;
/** Looks of one administrator at one account within this time are one event of its history. */
const viewedAgainMs = 3600_000;

/**
 * The connections of all accounts, for administrators of Forgejo, which is asked anew at each request: to look at, and to
 * disconnect. Both are logged; what is done with an account is shown to its user.
 */
export function accountsRoutes(
  app: Hono<WebEnv>,
  deps: WebDeps,
  web: {
    guard: ConnectionsGuard;
    checkAtForgejo: CheckAtForgejo;
    views: ConnectionViews;
    limit: MiddlewareHandler;
  },
): void {
  const { secureCookies: secure, forgejoUrl, connections, directory, loginOf, history, events, clock } = deps;
  const { guard, checkAtForgejo, views, limit } = web;
  const onePath = `${connectionsPaths.accounts}/:id`;
  const idOf = (c: Context<WebEnv>) => accountIdSchema.parse(c.req.param("id"));

  app.get(
    connectionsPaths.accounts,
    guard.page((c, user) => asAdministrator(c, user, () => showAccounts(c, user))),
  );

  app.get(
    onePath,
    guard.page((c, user) => asAdministrator(c, user, () => showAccount(c, user, idOf(c)))),
  );

  app.post(
    onePath,
    limit,
    guard.form((c, user, form) =>
      asAdministrator(c, user, async () => {
        const accountId = idOf(c);
        const grantId = grantIdSchema.safeParse(form.connection).data;
        const outcome =
          form.action === "disconnect" && grantId !== undefined
            ? await connections.end(accountId, grantId, { administrator: user.accountId })
            : "unknown";
        const notice = outcome === "ended" ? "ended" : "already_ended";
        return guard.back(c, `${connectionsPaths.accounts}/${accountId}`, notice);
      }),
    ),
  );

  function asAdministrator(c: Context<WebEnv>, user: SignedInUser, act: () => Promise<Response>) {
    return checkAtForgejo(
      c,
      () => deps.isAdministrator(user.accountId),
      (isAdministrator) => {
        if (isAdministrator) return act();
        events.administratorRejected({ accountId: user.accountId });
        return guard.reject(c, "not_administrator", 403);
      },
    );
  }

  async function showAccounts(c: Context<WebEnv>, user: SignedInUser) {
    const after = c.req.query("after");
    events.accountsListed({ administrator: user.accountId, after });
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
    if (account.login === undefined && list.length === 0) {
      // One that has ended its connections is known by its history.
      const [lastEvent] = await history.list(accountId, 1);
      if (lastEvent === undefined) return c.notFound();
    }
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
