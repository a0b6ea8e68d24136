import type { Hash } from "@fjmcp/shared/ids";
import type { ToolAccess } from "../policy/tool-access.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";
import type { ActiveExchanges } from "./active-exchanges.ts";
import type { GrantAccess } from "./grant-access.ts";
import { SharedResourceSubscriptions } from "./resource-subscriptions.ts";
import type { SessionStore } from "./session-store.ts";
import { SessionSubscriptions } from "./session-subscriptions.ts";
import { SubscriptionAccess } from "./subscription-access.ts";
import { SubscriptionTable } from "./subscription-table.ts";

interface SubscriptionsDeps {
  readonly pool: () => WorkerPool;
  readonly exchanges: ActiveExchanges;
  readonly grants: GrantAccess;
  /** Whether the access includes the resource. */
  readonly includes: (access: ToolAccess, uri: string) => boolean;
  /** Reads a token again and reports it to `grants`; resolves with whether it is still valid. */
  readonly reverify: (token: Hash) => Promise<boolean>;
  readonly store: SessionStore;
}

/** Wires together all that has to do with subscriptions to resources. */
export function createSubscriptions({
  pool,
  exchanges,
  grants,
  includes,
  reverify,
  store,
}: SubscriptionsDeps) {
  const table = new SubscriptionTable();
  const resources = new SharedResourceSubscriptions(pool, table, (accountId, receiver) =>
    subscriptions.endUnused(accountId, receiver),
  );
  const subscriptions = new SessionSubscriptions({ subscriptions: resources, exchanges, includes, store });
  const end = resources.end.bind(resources);
  const subscriptionAccess = new SubscriptionAccess({ grants, includes, reverify, end });
  return { table, resources, subscriptions, subscriptionAccess };
}
