import type { GrantId, Hash } from "@fjmcp/shared/ids";
import type { Principal } from "../auth/principal.ts";

/** Into how many parts the time between two keep-alives is cut: as exact as a shared timer can be. */
export const keepAliveTicks = 10;

/** An HTTP exchange that is still open: a call that waits for its answer, or a listening stream. */
export interface ActiveExchange {
  /** Whose token opened it. */
  readonly owner: Principal;
  readonly session: Hash;
  /** The access it rests on has ended: says so to the client where that is still possible, and closes. */
  revoke(): void;
  /** To be called `keepAliveTicks` times in the time after which a keep-alive is due, which is then written. */
  tick(): void;
}

/** A request that a client waits for. */
export interface ActiveCall extends ActiveExchange {
  /** The client's id as JSON text, which has one spelling and tells strings and integers apart. */
  readonly idJson: string;
  /** The client broke the connection: the answer will reach nobody. */
  readonly isAbandoned: boolean;
  /** The client does not want the answer any more. */
  cancel(reason: string | undefined): void;
}

/** A `GET` stream, open for whatever comes. */
export interface StandaloneStream extends ActiveExchange {
  send(message: Buffer): void;
  /** Closes in good order; the client may come back. */
  end(): void;
}

/** A client needs one; more are left over from connections whose end nobody has noticed yet. */
const maxStreamsPerSession = 4;

/** Every exchange that is open on this host, so that ending a grant ends what rests on it. */
export class ActiveExchanges {
  // By session and id. One key made of both would have to be hashed anew for every call.
  readonly #calls = new Map<Hash, Map<string, ActiveCall>>();
  // In the order in which they were opened.
  readonly #streams = new Set<StandaloneStream>();
  #takesNoStreams = false;

  /**
   * False when the session already has a call with this id. One that is abandoned makes room: its client may have
   * started anew with the same ids.
   */
  addCall(call: ActiveCall): boolean {
    let ofSession = this.#calls.get(call.session);
    if (ofSession === undefined) this.#calls.set(call.session, (ofSession = new Map()));
    if (ofSession.get(call.idJson)?.isAbandoned === false) return false;
    ofSession.set(call.idJson, call);
    return true;
  }

  /** Takes out this call, not a later one with the same id. */
  deleteCall(call: ActiveCall): void {
    const ofSession = this.#calls.get(call.session);
    if (ofSession?.get(call.idJson) !== call) return;
    ofSession.delete(call.idJson);
    if (ofSession.size === 0) this.#calls.delete(call.session);
  }

  findCall(session: Hash, idJson: string): ActiveCall | undefined {
    return this.#calls.get(session)?.get(idJson);
  }

  /** Beyond four of one session the oldest ends; after `endStreams` the new one does. */
  addStream(stream: StandaloneStream): void {
    if (this.#takesNoStreams) {
      stream.end();
      return;
    }
    this.#streams.add(stream);
    const own = [...this.#streams].filter(({ session }) => session === stream.session);
    for (const oldest of own.slice(0, -maxStreamsPerSession)) {
      oldest.end();
      this.#streams.delete(oldest);
    }
  }

  deleteStream(stream: StandaloneStream): void {
    this.#streams.delete(stream);
  }

  /** The number of listening streams. */
  get streamCount(): number {
    return this.#streams.size;
  }

  /** The grants on which something open rests. */
  grants(): Set<GrantId> {
    return new Set(this.#all().map(({ owner }) => owner.grantId));
  }

  /** Revokes all that match; answers with their number. */
  revoke(matches: (owner: Principal) => boolean): number {
    const ending = this.#all().filter(({ owner }) => matches(owner));
    for (const exchange of ending) exchange.revoke();
    return ending.length;
  }

  tick(): void {
    for (const exchange of this.#all()) exchange.tick();
  }

  /** Ends the listening streams of a session that its client has ended. */
  endStreamsOf(session: Hash): void {
    for (const stream of this.#streams) if (stream.session === session) stream.end();
  }

  /** Ends all listening streams, and those to come at once: their clients find the next daemon. */
  endStreams(): void {
    this.#takesNoStreams = true;
    for (const stream of this.#streams) stream.end();
  }

  /** Sends a message to every session of the grant that listens, on its newest stream only. */
  broadcast(grantId: GrantId, message: Buffer): void {
    const newest = new Map<Hash, StandaloneStream>();
    for (const stream of this.#streams) {
      if (stream.owner.grantId === grantId) newest.set(stream.session, stream);
    }
    for (const stream of newest.values()) stream.send(message);
  }

  #all(): ActiveExchange[] {
    const calls = Array.from(this.#calls.values(), (ofSession) => [...ofSession.values()]).flat();
    return [...calls, ...this.#streams];
  }
}
