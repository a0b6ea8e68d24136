import type { AccountId, GrantId, Hash } from "@fjmcp/shared/ids";
import type { CallerSession } from "../auth/authenticator.ts";
import type { AuthenticatedCaller } from "../auth/authenticated-caller.ts";
import type { ToolAccess } from "../policy/tool-access.ts";
import type { ActiveExchanges } from "./active-exchanges.ts";
import { ChildRejectionError } from "./child-rejection-error.ts";
import type { ResourceSubscriptions } from "./resource-subscriptions.ts";
import type { SessionStore } from "./session-store.ts";
import { maxSubscriptionsPerSession, SubscriptionLimitError } from "../worker/subscription-limits.ts";

interface Held {
  readonly grantId: GrantId;
  /** Resolves with the function that ends it. */
  readonly release: Promise<() => void>;
  /** That function, once the child has accepted. */
  end: (() => void) | undefined;
}

/** One that has no subscription any more stays while its session is used: it was made here, and must not be made again. */
interface Entry {
  readonly accountId: AccountId;
  readonly held: Map<string, Held>;
  /** On the clock of `performance.now()`. */
  usedAtMs: number;
}

interface SessionSubscriptionsDeps {
  readonly subscriptions: ResourceSubscriptions;
  readonly exchanges: ActiveExchanges;
  /** Whether the access includes the resource. */
  readonly includes: (access: ToolAccess, uri: string) => boolean;
  readonly store: Pick<SessionStore, "setSubscriptions">;
}

/** The URIs in a session's record are at most so long, taken together. */
const maxKeptLength = 4096;

/**
 * The subscriptions of MCP sessions. Updates go to a session's newest standalone stream; without one they are lost. After a
 * restart a session's first use makes them again.
 */
export class SessionSubscriptions {
  readonly #deps: SessionSubscriptionsDeps;
  readonly #bySession = new Map<Hash, Entry>();

  constructor(deps: SessionSubscriptionsDeps) {
    this.#deps = deps;
  }

  /**
   * Resolves once the child has accepted; at once when the session has subscribed before. Rejects as `subscribe` there, and
   * with StoreUnavailableError.
   */
  async subscribe(caller: AuthenticatedCaller, session: Hash, uri: string): Promise<void> {
    const known = this.#bySession.get(session)?.held;
    const before = known?.get(uri);
    let held = before;
    if (held === undefined) {
      const count = known?.size ?? 0;
      if (count >= maxSubscriptionsPerSession)
        throw new SubscriptionLimitError("Your session", maxSubscriptionsPerSession);
      held = this.#hold(caller, session, uri);
    }
    try {
      await held.release;
    } catch (error) {
      this.#delete(session, uri, held);
      throw error;
    }
    if (held !== before) await this.#keep(session);
  }

  /** Nothing happens when the session has not subscribed. Rejects with StoreUnavailableError. */
  async unsubscribe(session: Hash, uri: string): Promise<void> {
    const held = this.#bySession.get(session)?.held.get(uri);
    if (held === undefined) return;
    this.#delete(session, uri, held);
    release(held);
    await this.#keep(session);
  }

  /** The session has ended. What its child has accepted is not counted any more when this returns. */
  end(session: Hash): void {
    const ending = this.#bySession.get(session)?.held.values() ?? [];
    this.#bySession.delete(session);
    for (const held of ending) release(held);
  }

  /**
   * To be called when the session is used: what another grant has subscribed to moves to the caller's, as far as its access
   * includes it; the rest ends.
   */
  use(caller: AuthenticatedCaller, { hash: session, record }: CallerSession, access: ToolAccess): void {
    const entry = this.#bySession.get(session);
    if (entry === undefined) {
      for (const uri of record.subscriptions ?? [])
        if (this.#deps.includes(access, uri)) this.#restore(caller, session, uri);
      return;
    }
    entry.usedAtMs = performance.now();
    for (const [uri, held] of entry.held) {
      if (held.grantId === caller.grantId) continue;
      if (this.#deps.includes(access, uri)) {
        const moved = this.#hold(caller, session, uri, true);
        moved.release.catch(() => this.#delete(session, uri, moved));
      } else this.#delete(session, uri, held);
      release(held);
    }
  }

  /**
   * Ends the subscriptions of that session of the account which is unused for longest, of those without an open stream: it
   * may be abandoned. False when there is none but `exempt`, the receiver of a subscription for which this makes room.
   */
  endUnused(accountId: AccountId, exempt: unknown): boolean {
    let unused: { session: Hash; usedAtMs: number } | undefined;
    for (const [session, { accountId: owner, held, usedAtMs }] of this.#bySession) {
      if (owner !== accountId || session === exempt || usedAtMs >= (unused?.usedAtMs ?? Infinity)) continue;
      const makesRoom = held.values().some(({ end }) => end !== undefined);
      if (makesRoom && !this.#deps.exchanges.isListening(accountId, session)) unused = { session, usedAtMs };
    }
    if (unused === undefined) return false;
    this.end(unused.session);
    return true;
  }

  /** Deletes the sessions that have no subscription any more and were not used for `unusedMs`: they may have ended with their grants. */
  prune(unusedMs: number): void {
    const usedBeforeMs = performance.now() - unusedMs;
    for (const [session, { held, usedAtMs }] of this.#bySession)
      if (held.size === 0 && usedAtMs < usedBeforeMs) this.#bySession.delete(session);
  }

  #hold(caller: AuthenticatedCaller, session: Hash, uri: string, isMoved = false): Held {
    const { grantId, accountId } = caller;
    const { exchanges } = this.#deps;
    const held: Held = {
      grantId,
      release: this.#deps.subscriptions.subscribe(caller, uri, {
        receiver: session,
        onUpdated: (message) => exchanges.newestStream(accountId, session)?.send(message),
        isListening: () => exchanges.isListening(accountId, session),
        onEnded: () => this.#delete(session, uri, held),
        isMoved,
      }),
      end: undefined,
    };
    held.release.then(
      (end) => (held.end = end),
      () => undefined,
    );
    let entry = this.#bySession.get(session);
    if (entry === undefined) {
      entry = { accountId, held: new Map(), usedAtMs: performance.now() };
      this.#bySession.set(session, entry);
    }
    entry.held.set(uri, held);
    return held;
  }

  #restore(caller: AuthenticatedCaller, session: Hash, uri: string): void {
    const held = this.#hold(caller, session, uri);
    held.release.catch((error: unknown) => {
      const entry = this.#bySession.get(session);
      this.#delete(session, uri, held);
      // The child has not decided: the next use tries again.
      if (!(error instanceof ChildRejectionError) && entry?.held.size === 0) this.#bySession.delete(session);
    });
  }

  #delete(session: Hash, uri: string, held: Held): void {
    const ofSession = this.#bySession.get(session)?.held;
    if (ofSession?.get(uri) === held) ofSession.delete(uri);
  }

  /** Writes the session's record. */
  #keep(session: Hash): Promise<void> {
    return this.#deps.store.setSubscriptions(session, () => {
      let length = 0;
      const uris = [...(this.#bySession.get(session)?.held.keys() ?? [])];
      return uris.filter((uri) => (length += uri.length) <= maxKeptLength);
    });
  }
}

/** One that the child has not accepted yet ends once it has. */
function release(held: Held): void {
  if (held.end !== undefined) held.end();
  else
    held.release.then(
      (end) => end(),
      () => undefined,
    );
}
