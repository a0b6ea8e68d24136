import type { AccountId, ClientId } from "@fjmcp/shared/ids";
import type { AccountEvent } from "../../grant/account-history.ts";
import type { ListedGrant } from "../../grant/grant-directory.ts";
import { personalTokenClientId } from "../../grant/personal-token.ts";
import type { DescribedClient } from "../../provider/client-id/describe-client.ts";
import type { ConnectionView, HistoryView } from "../pages/connections/connection-view.ts";
import { displayName } from "../pages/display-name.ts";
import type { WebDependencies } from "../web-dependencies.ts";

/** Of the history: more would hide the rest of the page. */
const shownEvents = 10;

/** Reads what the pages about connections show. Rejects with StoreUnavailableError. */
export interface ConnectionViews {
  /** The account's connections, the one used last first. */
  list(account: AccountId): Promise<ConnectionView[]>;
  history(account: AccountId): Promise<HistoryView[]>;
}

export function createConnectionViews(
  deps: Pick<WebDependencies, "connections" | "history" | "describeClient" | "sessionDaemon">,
): ConnectionViews {
  const { connections, history, describeClient, sessionDaemon } = deps;

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

  function eventView(event: AccountEvent, clients: ReadonlyMap<ClientId, DescribedClient | undefined>) {
    const { kind, atMs } = event;
    if (kind === "viewed") return { kind, atMs };
    const { label, reason, clientId } = event;
    const isPersonalToken = clientId === personalTokenClientId;
    const clientName = isPersonalToken ? undefined : displayName(clients.get(clientId)?.name);
    return { kind, atMs, label, reason, clientName, isPersonalToken };
  }

  return {
    async list(account) {
      const [grants, sessions] = await Promise.all([
        connections.list(account),
        // Without the session-daemon the page shows everything else.
        sessionDaemon.sessionsOf(account).catch(() => undefined),
      ]);
      const views = await Promise.all(
        grants.map((grant) => view(grant, sessions && (sessions.get(grant.grantId) ?? 0))),
      );
      return views.toSorted((a, b) => usedOrMade(b) - usedOrMade(a));
    },

    async history(account) {
      const events = await history.list(account, shownEvents);
      const ids = new Set(events.flatMap((event) => (event.kind === "ended" ? [event.clientId] : [])));
      const clients = new Map(
        await Promise.all([...ids].map(async (id) => [id, await describeClient(id)] as const)),
      );
      return events.map((event) => eventView(event, clients));
    },
  };
}

function usedOrMade({ lastUsedAtMs, createdAtMs }: ConnectionView): number {
  return lastUsedAtMs ?? createdAtMs;
}
