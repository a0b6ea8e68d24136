import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import { errorCodes } from "../../jsonrpc/error-codes.ts";
import type { ListenFilter, ListenStreams } from "../child/listen-streams.ts";

/** The resources that the child does not report changes of though they are wanted, each with a JSON-RPC error. */
export type RejectedUris = ReadonlyMap<string, object>;

interface OpenStream {
  readonly id: string;
  /** What was requested; undefined when the child has not responded. */
  readonly uris: ReadonlySet<string> | undefined;
  /** What the child left out of its acknowledgement. */
  readonly omitted: RejectedUris;
}

/** Of URIs: what a client causes by subscribing and unsubscribing without end costs no more than this. */
const maxCharactersPerMs = 1_000;
const reopenMs = 1_000;
const notOffered = {
  code: errorCodes.invalidParams,
  message: "The server program does not report changes of this resource.",
};

/**
 * The subscriptions of a child without sessions: one stream of notifications for all its clients, of the lists that may change
 * and of the resources that some client is subscribed to. It is replaced when these change: the earlier one stays until the
 * child has acknowledged the next, so that no update is lost; one may come twice.
 */
export class ChildSubscriptions {
  readonly #streams: ListenStreams;
  readonly #lists: ListenFilter;
  readonly #wanted: () => Iterable<string>;
  #current: OpenStream | undefined;
  /** Of what is wanted: what the child has rejected. It is requested again only for a client that subscribes to it. */
  readonly #rejected = new Map<string, object>();
  #updating: { readonly uris: ReadonlySet<string>; readonly rejected: Promise<RejectedUris> } | undefined;
  #next: Promise<RejectedUris> | undefined;
  #pause: Promise<void> | undefined;
  #reopening: NodeJS.Timeout | undefined;

  /** `wanted`: what clients are subscribed to, by URI. */
  constructor(
    streams: ListenStreams,
    { tools, prompts, resources }: InitializeResult["capabilities"],
    wanted: () => Iterable<string>,
  ) {
    this.#streams = streams;
    this.#lists = {
      ...(tools?.listChanged === true && { toolsListChanged: true }),
      ...(prompts?.listChanged === true && { promptsListChanged: true }),
      ...(resources?.listChanged === true && { resourcesListChanged: true }),
    };
    this.#wanted = resources?.subscribe === true ? wanted : () => [];
  }

  /**
   * To be called when other resources are wanted, and for each client that subscribes to `uri`: resolves once the child has
   * acknowledged or rejected each. What changes while a request is pending shares the next one. Rejects with CallError when the
   * child does not respond.
   */
  update(uri?: string): Promise<RejectedUris> {
    const isRepeated = uri !== undefined && this.#rejected.delete(uri);
    const wanted = new Set(this.#wanted());
    if (this.#updating === undefined) return this.#start(wanted);
    const { uris, rejected } = this.#updating;
    if (isEqual(uris, wanted) && !isRepeated) return rejected;
    const again = async () => {
      // A client whose resource was rejected does not want it any more.
      await nextTurn();
      this.#next = undefined;
      return await this.update();
    };
    this.#next ??= rejected.then(again, again);
    return this.#next;
  }

  #start(wanted: ReadonlySet<string>): Promise<RejectedUris> {
    for (const uri of this.#rejected.keys()) if (!wanted.has(uri)) this.#rejected.delete(uri);
    const uris = new Set([...wanted].filter((uri) => !this.#rejected.has(uri)));
    if (this.#isOpen(uris)) return Promise.resolve(this.#allRejected());
    const rejected = this.#replace(uris).finally(() => (this.#updating = undefined));
    this.#updating = { uris: wanted, rejected };
    return rejected;
  }

  #isOpen(uris: ReadonlySet<string>): boolean {
    const open = this.#current?.uris;
    return open !== undefined && isEqual(open, uris);
  }

  #allRejected(): RejectedUris {
    return new Map([...(this.#current?.omitted ?? []), ...this.#rejected]);
  }

  /** A child rejects a request as a whole: which resource was meant is found by halves, of the new ones first. */
  async #replace(uris: ReadonlySet<string>): Promise<RejectedUris> {
    const before = this.#current?.uris;
    const known = new Set([...uris].filter((uri) => before?.has(uri) === true));
    const error = await this.#open(uris);
    if (error !== undefined && uris.size > 0) {
      const isKnownGood =
        known.size < uris.size && (known.size === 0 || (await this.#open(known)) === undefined);
      const good = isKnownGood ? known : new Set<string>();
      const accepted = await this.#bisect(
        [...uris].filter((uri) => !good.has(uri)),
        good,
        error,
      );
      // Changes of lists do not depend on the resources.
      if (!this.#isOpen(accepted)) await this.#open(accepted);
    }
    return this.#allRejected();
  }

  /** The child has rejected `added` together with `good`, which it accepts; resolves with all that it accepts. */
  async #bisect(
    added: readonly string[],
    good: ReadonlySet<string>,
    error: object,
  ): Promise<ReadonlySet<string>> {
    if (added.length === 1) {
      this.#rejected.set(added[0]!, error);
      return good;
    }
    const half = added.length >> 1;
    let accepted = good;
    for (const some of [added.slice(0, half), added.slice(half)]) {
      const all = new Set([...accepted, ...some]);
      const failure = await this.#open(all);
      accepted = failure === undefined ? all : await this.#bisect(some, accepted, failure);
    }
    return accepted;
  }

  /** Opens a stream in place of the current one; resolves with the child's error if it rejects that. */
  async #open(uris: ReadonlySet<string>): Promise<object | undefined> {
    // The first request is written at once: before the calls of a new worker, which may cause an update.
    if (this.#pause !== undefined) await this.#pause;
    const filter = { ...this.#lists, ...(uris.size > 0 && { resourceSubscriptions: [...uris] }) };
    if (Object.keys(filter).length === 0) {
      this.#setCurrent(undefined);
      return undefined;
    }
    this.#startPause(uris);
    const { id, outcome } = this.#streams.open(filter, () => this.#handleEnded(id));
    try {
      const opened = await outcome;
      if ("error" in opened) return opened.error;
      const omitted = [...uris]
        .filter((uri) => !opened.uris.has(uri))
        .map((uri) => [uri, notOffered] as const);
      this.#setCurrent({ id, uris, omitted: new Map(omitted) });
      return undefined;
    } catch (error) {
      // It may be slow: without another stream this one is kept.
      if (this.#current === undefined) this.#setCurrent({ id, uris: undefined, omitted: new Map() });
      else this.#streams.close(id);
      throw error;
    }
  }

  #startPause(uris: ReadonlySet<string>): void {
    let length = 0;
    for (const uri of uris) length += uri.length;
    if (length < maxCharactersPerMs) return;
    this.#pause = sleep(length / maxCharactersPerMs, undefined, { ref: false }).then(
      () => (this.#pause = undefined),
    );
  }

  #setCurrent(current: OpenStream | undefined): void {
    const before = this.#current;
    this.#current = current;
    if (before !== undefined) this.#streams.close(before.id);
  }

  #handleEnded(id: string): void {
    if (this.#current?.id !== id) return;
    this.#current = undefined;
    if (this.#reopening !== undefined) return;
    this.#reopening = setTimeout(() => {
      this.#reopening = undefined;
      this.update().catch(() => undefined);
    }, reopenMs).unref();
  }
}

function isEqual(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return some.size === others.size && [...some].every((uri) => others.has(uri));
}
