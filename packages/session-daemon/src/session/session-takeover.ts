import type { SessionTakeover } from "../auth/authenticator.ts";
import type { Events } from "../events.ts";
import type { ActiveExchanges } from "./active-exchanges.ts";
import type { SessionStore } from "./session-store.ts";

interface SessionTakeoverDeps {
  readonly store: SessionStore;
  readonly exchanges: ActiveExchanges;
  readonly events: Events;
}

/** Where each session has a worker of its own, to any other grant it is unknown. */
export const noSessionTakeover: SessionTakeover = async () => undefined;

/** A session that is used by another grant of its account belongs to that from then on, with its open streams. */
export function sessionTakeover({ store, exchanges, events }: SessionTakeoverDeps): SessionTakeover {
  return async ({ hash, record: before }, by) => {
    const record = { ...before, grantId: by.grantId, clientId: by.clientId };
    if (!(await store.move(hash, before.grantId, record))) return undefined;
    exchanges.moveSession(hash, by);
    events.sessionMoved(by);
    return { hash, record };
  };
}
