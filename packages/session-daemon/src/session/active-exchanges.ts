import type { AccountId, GrantId, Hash } from "@fjmcp/shared/ids";
import type { Principal } from "@fjmcp/shared/principal";
import { EntriesByAccount } from "../entries-by-account.ts";
import { Places, type Placed } from "./places.ts";

/** Ticks of the shared timer between two keep-alives of an exchange, which bounds their error to a tenth. */
export const keepAliveTicks = 10;

/** An open HTTP exchange: a call that waits for its response, or a stream of notifications. */
export interface ActiveExchange {
  /** The principal of the token that opened it. */
  readonly owner: Principal;
  /**
   * Closes it because grants whose owners match were revoked, with an error to the client where that is still possible.
   */
  revoke(matches: (owner: Principal) => boolean): void;
  /** Called `keepAliveTicks` times per keep-alive interval; the last call of each writes the keep-alive. */
  tick(): void;
}

/** A request in a session whose client waits for the response. */
export interface ActiveCall extends ActiveExchange {
  readonly session: Hash;
  /** The client's id as canonical JSON text, which keeps strings and integers apart. */
  readonly idJson: string;
  /** The client closed the connection: no response can reach it. */
  readonly isAbandoned: boolean;
  /** The client expects no response any more. */
  cancel(reason: string | undefined): void;
  /** See `CallSink.related`. */
  related(message: Buffer, kind: "notification" | "request"): boolean;
}

/** An SSE stream for messages that belong to no call: that of a `GET`, or of `subscriptions/listen`. */
export interface StandaloneStream extends ActiveExchange {
  /** The grant that the session belongs to, whose messages it gets. */
  recipient: Principal;
  /** Undefined for `subscriptions/listen`. */
  readonly session: Hash | undefined;
  /** False while its client may resume it: it keeps what is sent. */
  readonly isConnected: boolean;
  /** Its client reads what is sent at once. */
  readonly hasRoom: boolean;
  /** Sends a message that its client may miss, or that it gets when it resumes; not one of a type that it did not request. */
  send(message: Buffer): void;
  /** Ends the response regularly and permanently; the client may open another. */
  end(): void;
}

/** Each keeps a connection or messages. Beyond this many, the account that has the most loses its oldest. */
const maxStreams = 2_000;
/** A client needs one; further ones are of connections whose end was not noticed yet. */
const maxStreamsPerSession = 4;

/** All open exchanges of this daemon, so that the revocation of a grant can close those that depend on it. */
export class ActiveExchanges {
  readonly #calls = new Map<Hash, SessionCalls>();
  readonly #withoutSession = new Places<ActiveExchange & Placed>();
  // In the order of opening.
  readonly #streams = new Set<StandaloneStream>();
  readonly #streamsByAccount = new EntriesByAccount<StandaloneStream>();
  #isStopping = false;

  /**
   * False when the session already has a call with this id. An abandoned one is replaced: its client may have
   * restarted with the same ids.
   */
  addCall(call: ActiveCall): boolean {
    let ofSession = this.#calls.get(call.session);
    if (ofSession === undefined) this.#calls.set(call.session, (ofSession = new SessionCalls()));
    return ofSession.add(call);
  }

  /** Deletes this call, but not a later one with the same id. */
  deleteCall(call: ActiveCall): void {
    this.#calls.get(call.session)?.delete(call);
  }

  findCall(session: Hash, idJson: string): ActiveCall | undefined {
    return this.#calls.get(session)?.find(idJson);
  }

  /** A request without a session: its id may be in flight elsewhere. */
  add(exchange: ActiveExchange & Placed): void {
    this.#withoutSession.add(exchange);
  }

  delete(exchange: ActiveExchange & Placed): void {
    this.#withoutSession.delete(exchange);
  }

  /** The calls of the session. */
  callsOf(session: Hash): ActiveCall[] {
    return this.#calls.get(session)?.all() ?? [];
  }

  /**
   * Ends the streams of the session whose client opens a new one instead of resuming them, and its oldest beyond four; and
   * one of the account that has the most beyond 2000 in all. After `endStreams`, ends the new one.
   */
  addStream(stream: StandaloneStream): void {
    if (this.#isStopping) {
      stream.end();
      return;
    }
    this.#streams.add(stream);
    const { accountId } = stream.owner;
    this.#streamsByAccount.add(accountId, stream);
    const own = [...this.#streamsByAccount.of(accountId)].filter(({ session }) => session === stream.session);
    const ending = new Set<StandaloneStream>();
    if (stream.session !== undefined) {
      for (const one of own.slice(0, -maxStreamsPerSession)) ending.add(one);
      for (const one of own) if (one !== stream && !one.isConnected) ending.add(one);
    }
    const evicted = this.#streams.size > maxStreams ? this.#streamsByAccount.toEvict() : undefined;
    if (evicted !== undefined) ending.add(evicted);
    for (const oldest of ending) {
      oldest.end();
      this.deleteStream(oldest);
    }
  }

  deleteStream(stream: StandaloneStream): void {
    this.#streams.delete(stream);
    this.#streamsByAccount.delete(stream.owner.accountId, stream);
  }

  /** The number of calls whose clients wait for the response. */
  get callCount(): number {
    let count = this.#withoutSession.size;
    for (const ofSession of this.#calls.values()) count += ofSession.all().length;
    return count;
  }

  /** The number of standalone streams with a client. */
  get streamCount(): number {
    let count = 0;
    for (const { isConnected } of this.#streams) if (isConnected) count += 1;
    return count;
  }

  /** The grants with an open exchange. */
  grants(): Set<GrantId> {
    const ofStreams = Array.from(this.#streams, ({ recipient }) => recipient.grantId);
    return new Set([...this.#all().map(({ owner }) => owner.grantId), ...ofStreams]);
  }

  /** Revokes all whose owner matches, and the streams of the sessions that belong to such a grant; returns their number. */
  revoke(matches: (owner: Principal) => boolean): number {
    const ending = new Set(this.#all().filter(({ owner }) => matches(owner)));
    for (const stream of this.#streams) if (matches(stream.recipient)) ending.add(stream);
    for (const exchange of ending) exchange.revoke(matches);
    return ending.size;
  }

  /** The session belongs to another grant: its standalone streams get that one's messages from now on. */
  moveSession(session: Hash, to: Principal): void {
    for (const stream of this.#streamsByAccount.of(to.accountId))
      if (stream.session === session) stream.recipient = to;
  }

  /** Ticks every exchange. */
  tick(): void {
    for (const exchange of this.#all()) exchange.tick();
    // Only now, not with its last call: most sessions that have had a call have another one soon.
    for (const [session, calls] of this.#calls) if (calls.all().length === 0) this.#calls.delete(session);
  }

  /** Ends the standalone streams of a session that has ended; returns their number. */
  endStreamsOf(session: Hash): number {
    const ending = [...this.#streams].filter((stream) => stream.session === session);
    for (const stream of ending) stream.end();
    return ending.length;
  }

  /** Ends all standalone streams, and every later one at once: their clients reconnect to the next daemon. */
  endStreams(): void {
    this.#isStopping = true;
    for (const stream of this.#streams) stream.end();
  }

  /** Whether the session has a standalone stream with a client. */
  isListening(accountId: AccountId, session: Hash): boolean {
    return this.newestStream(accountId, session)?.isConnected === true;
  }

  /** The newest standalone stream of a session of the account; one whose client may resume it only if there is no other. */
  newestStream(accountId: AccountId, session: Hash): StandaloneStream | undefined {
    let newest: StandaloneStream | undefined;
    for (const stream of this.#streamsByAccount.of(accountId))
      if (stream.session === session) newest = preferred(stream, newest);
    return newest;
  }

  /** Whose the standalone streams of the grant are; undefined while it has none. */
  listenerOf(grantId: GrantId): Principal | undefined {
    return this.#streams.values().find(({ recipient }) => recipient.grantId === grantId)?.recipient;
  }

  /**
   * Sends a message to every session that belongs to the grant and has a standalone stream, on its newest one only, and to every
   * stream of the grant without a session. With `isWanted`: only to the sessions that want it.
   */
  broadcast(grantId: GrantId, message: Buffer, isWanted?: (session: Hash) => boolean): void {
    const newest = new Map<Hash | StandaloneStream, StandaloneStream>();
    for (const stream of this.#streams) {
      if (stream.recipient.grantId !== grantId) continue;
      const key = stream.session ?? stream;
      newest.set(key, preferred(stream, newest.get(key)));
    }
    for (const stream of newest.values()) {
      const { session } = stream;
      if (isWanted === undefined || (session !== undefined && isWanted(session))) stream.send(message);
    }
  }

  #all(): ActiveExchange[] {
    const calls = Array.from(this.#calls.values(), (ofSession) => ofSession.all()).flat();
    return [...calls, ...this.#withoutSession.all(), ...this.#streams];
  }
}

/** Of two streams of a session, the one that gets its messages. */
function preferred(newer: StandaloneStream, older: StandaloneStream | undefined): StandaloneStream {
  return older !== undefined && older.isConnected && !newer.isConnected ? older : newer;
}

/**
 * The calls of one session in flight, which are few. Each keeps its place. They are not in a Map: one makes another table every
 * few calls, and its old tables keep the calls that they held alive until the next full collection.
 */
class SessionCalls {
  readonly #places: (ActiveCall | undefined)[] = [];

  /** As `ActiveExchanges.addCall`. */
  add(call: ActiveCall): boolean {
    const same = this.#placeOf(call.idJson);
    if (this.#places[same]?.isAbandoned === false) return false;
    const place = same === -1 ? this.#places.indexOf(undefined) : same;
    this.#places[place === -1 ? this.#places.length : place] = call;
    return true;
  }

  delete(call: ActiveCall): void {
    const place = this.#places.indexOf(call);
    if (place !== -1) this.#places[place] = undefined;
  }

  find(idJson: string): ActiveCall | undefined {
    return this.#places[this.#placeOf(idJson)];
  }

  all(): ActiveCall[] {
    return this.#places.filter((call) => call !== undefined);
  }

  #placeOf(idJson: string): number {
    return this.#places.findIndex((call) => call?.idJson === idJson);
  }
}
