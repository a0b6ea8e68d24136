import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type { AccountEvent } from "../../grant/account-history.ts";
import type { ListedGrant } from "../../grant/grant-directory.ts";
import type { ConnectionView, HistoryView } from "../pages/connections/connection-view.ts";
import { displayName } from "../pages/display-name.ts";
import type { WebDeps } from "../web-deps.ts";

/** What is shown of the history: more would hide the rest of the page. */
const shownEvents = 20;

/** Reads what the pages about connections show. Rejects with StoreUnavailableError. */
export interface ConnectionViews {
  /** The account's connections, the one used last first. */
  list(account: AccountId): Promise<ConnectionView[]>;
  /** One of them, with the tools that were called last. */
  one(account: AccountId, grant: GrantId): Promise<ConnectionView | undefined>;
  history(account: AccountId): Promise<HistoryView[]>;
}

export function createConnectionViews(
  deps: Pick<WebDeps, "connections" | "directory" | "history" | "describeClient" | "sessionDaemon">,
): ConnectionViews {
  const { connections, directory, history, describeClient, sessionDaemon } = deps;

  async function view(grant: ListedGrant, sessions: number | undefined): Promise<ConnectionView> {
    const { grantId, label, access, lastUsedAtMs, createdAtSec, personalToken } = grant;
    const client = personalToken === undefined ? await describeClient(grant.clientId) : undefined;
    return {
      grantId,
      label,
      clientName: displayName(client?.name),
      isPersonalToken: personalToken !== undefined,
      hosts: client?.hosts ?? [],
      identity: client?.identity ?? "none",
      access,
      createdAtMs: createdAtSec * 1000,
      expiresAtMs: personalToken && personalToken.expiresAtSec * 1000,
      lastUsedAtMs,
      sessions,
    };
  }

  async function list(account: AccountId): Promise<ConnectionView[]> {
    const [grants, sessions] = await Promise.all([
      connections.list(account),
      // Without the session-daemon the page shows everything else.
      sessionDaemon.sessionsOf(account).catch(() => undefined),
    ]);
    const views = await Promise.all(
      grants.map((grant) => view(grant, sessions && (sessions.get(grant.grantId) ?? 0))),
    );
    return views.toSorted((a, b) => usedOrMade(b) - usedOrMade(a));
  }

  return {
    list,

    async one(account, grant) {
      const found = (await list(account)).find(({ grantId }) => grantId === grant);
      return found && { ...found, lastTools: await directory.lastToolsOf(grant) };
    },

    history: async (account) => (await history.list(account, shownEvents)).map(eventView),
  };
}

function eventView(event: AccountEvent): HistoryView {
  if (event.kind === "viewed") return { kind: "viewed", atMs: event.atMs };
  const { clientName, label } = event;
  return { ...event, clientName: displayName(clientName), label };
}

function usedOrMade({ lastUsedAtMs, createdAtMs }: ConnectionView): number {
  return lastUsedAtMs ?? createdAtMs;
}
