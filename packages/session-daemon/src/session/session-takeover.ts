import type { SessionTakeover } from "../auth/authenticator.ts";
import type { Events } from "../events.ts";
import type { ActiveExchanges } from "./active-exchanges.ts";
import type { SessionStore } from "./session-store.ts";

interface SessionTakeoverDeps {
  readonly isolation: "grant" | "session";
  readonly store: SessionStore;
  readonly exchanges: ActiveExchanges;
  readonly events: Events;
}

/**
 * A session that is used by another grant of its account belongs to that from then on, with its open streams. Where each
 * session has a worker of its own it is unknown to any other grant.
 */
export function sessionTakeover(deps: SessionTakeoverDeps): SessionTakeover {
  const { isolation, store, exchanges, events } = deps;
  if (isolation === "session") return async () => undefined;
  return async ({ hash, record: before }, by) => {
    const record = { ...before, grantId: by.grantId, clientId: by.clientId };
    if (!(await store.move(hash, before.grantId, record))) return undefined;
    exchanges.moveSession(hash, by);
    events.sessionMoved(by);
    return { hash, record };
  };
}
