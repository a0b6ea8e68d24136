import type { AccountId, ClientId, GrantId, Hash } from "@fjmcp/shared/ids";

export interface ExchangeOwner {
  readonly grantId: GrantId;
  readonly accountId: AccountId;
  readonly clientId: ClientId;
}

/** An HTTP exchange that is still open: a call that waits for its answer, or a listening stream. */
export interface OpenExchange {
  /** Whose token opened it. */
  readonly owner: ExchangeOwner;
  readonly session: Hash;
  /** The access it rests on has ended: says so to the client where that is still possible, and closes. */
  revoke(): void;
}

/** A `GET` stream, open for whatever comes. */
export interface ListeningStream extends OpenExchange {
  send(message: Buffer): void;
  /** Closes in good order; the client may come back. */
  end(): void;
}

/** Every exchange that is open on this host, so that ending a grant ends what rests on it. */
export class OpenExchanges {
  readonly #calls = new Map<GrantId, Set<OpenExchange>>();
  // In the order in which they were opened.
  readonly #streams = new Set<ListeningStream>();

  addCall(call: OpenExchange): void {
    const ofGrant = this.#calls.get(call.owner.grantId);
    if (ofGrant === undefined) this.#calls.set(call.owner.grantId, new Set([call]));
    else ofGrant.add(call);
  }

  deleteCall(call: OpenExchange): void {
    const ofGrant = this.#calls.get(call.owner.grantId);
    ofGrant?.delete(call);
    if (ofGrant?.size === 0) this.#calls.delete(call.owner.grantId);
  }

  addStream(stream: ListeningStream): void {
    this.#streams.add(stream);
  }

  deleteStream(stream: ListeningStream): void {
    this.#streams.delete(stream);
  }

  /** The number of listening streams. */
  get streamCount(): number {
    return this.#streams.size;
  }

  /** The grants on which something open rests. */
  grants(): Set<GrantId> {
    return new Set([...this.#calls.keys(), ...[...this.#streams].map(({ owner }) => owner.grantId)]);
  }

  /** Revokes all that match; answers with their number. */
  revoke(matches: (owner: ExchangeOwner) => boolean): number {
    const open = [...this.#calls.values(), this.#streams].flatMap((exchanges) => Array.from(exchanges));
    const ending = open.filter(({ owner }) => matches(owner));
    for (const exchange of ending) exchange.revoke();
    return ending.length;
  }

  /** Ends the listening streams of a session that its client has ended. */
  endStreamsOf(session: Hash): void {
    for (const stream of this.#streams) if (stream.session === session) stream.end();
  }

  endStreams(): void {
    for (const stream of this.#streams) stream.end();
  }

  /** Sends a message to every session of the grant that listens, on its newest stream only. */
  broadcast(grantId: GrantId, message: Buffer): void {
    const newest = new Map<Hash, ListeningStream>();
    for (const stream of this.#streams) {
      if (stream.owner.grantId === grantId) newest.set(stream.session, stream);
    }
    for (const stream of newest.values()) stream.send(message);
  }
}
