import type { GrantId, Hash } from "@fjmcp/shared/ids";
import type { AuthenticatedCaller } from "../auth/principal.ts";
import type { ActiveExchanges } from "./active-exchanges.ts";
import type { ResourceSubscriptions } from "./resource-subscriptions.ts";
import { SubscriptionLimitError } from "./subscription-limit-error.ts";

interface Held {
  readonly grantId: GrantId;
  /** Resolves with the function that ends it. */
  readonly release: Promise<() => void>;
}

const maxPerSession = 100;

/** The subscriptions of MCP sessions. Updates go to a session's newest standalone stream; without one they are lost. */
export class SessionSubscriptions {
  readonly #subscriptions: ResourceSubscriptions;
  readonly #exchanges: ActiveExchanges;
  readonly #bySession = new Map<Hash, Map<string, Held>>();

  constructor(subscriptions: ResourceSubscriptions, exchanges: ActiveExchanges) {
    this.#subscriptions = subscriptions;
    this.#exchanges = exchanges;
  }

  /** Resolves once the child has accepted; at once when the session has subscribed before. Rejects as `subscribe` there. */
  async subscribe(caller: AuthenticatedCaller, session: Hash, uri: string): Promise<void> {
    let held = this.#bySession.get(session)?.get(uri);
    if (held === undefined) {
      const count = this.#bySession.get(session)?.size ?? 0;
      if (count >= maxPerSession) throw new SubscriptionLimitError("Your session", maxPerSession);
      held = this.#hold(caller, session, uri);
    }
    try {
      await held.release;
    } catch (error) {
      this.#delete(session, uri, held);
      throw error;
    }
  }

  /** Nothing happens when the session has not subscribed. */
  unsubscribe(session: Hash, uri: string): void {
    const held = this.#bySession.get(session)?.get(uri);
    if (held === undefined) return;
    this.#delete(session, uri, held);
    release(held);
  }

  /** The session has ended. */
  end(session: Hash): void {
    const ending = this.#bySession.get(session);
    this.#bySession.delete(session);
    for (const held of ending?.values() ?? []) release(held);
  }

  /** To be called when the session is used: what another grant has subscribed to moves to the caller's. */
  move(caller: AuthenticatedCaller, session: Hash): void {
    for (const [uri, held] of this.#bySession.get(session) ?? []) {
      if (held.grantId === caller.grantId) continue;
      const moved = this.#hold(caller, session, uri);
      moved.release.catch(() => this.#delete(session, uri, moved));
      release(held);
    }
  }

  #hold(caller: AuthenticatedCaller, session: Hash, uri: string): Held {
    const { grantId, accountId } = caller;
    const stream = () => this.#exchanges.newestStream(accountId, session);
    const held = {
      grantId,
      release: this.#subscriptions.subscribe(
        caller,
        uri,
        (message) => stream()?.send(message),
        () => stream() !== undefined,
      ),
    };
    let ofSession = this.#bySession.get(session);
    if (ofSession === undefined) this.#bySession.set(session, (ofSession = new Map()));
    ofSession.set(uri, held);
    return held;
  }

  #delete(session: Hash, uri: string, held: Held): void {
    const ofSession = this.#bySession.get(session);
    if (ofSession?.get(uri) !== held) return;
    ofSession.delete(uri);
    if (ofSession.size === 0) this.#bySession.delete(session);
  }
}

/** One that the child has not accepted yet ends once it has. */
function release(held: Held): void {
  held.release.then(
    (end) => end(),
    () => undefined,
  );
}
