import type { ServerResponse } from "node:http";
import type { AccountId, GrantId, Hash } from "@fjmcp/shared/ids";
import type { Principal } from "@fjmcp/shared/principal";
import { EntriesByAccount } from "../entries-by-account.ts";
import { errorResponse } from "../http/http-error.ts";
import { EventStream, eventText } from "../http/event-stream.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { hasEventsWithoutData } from "../protocol-versions.ts";
import { lastEventIdOf, parseEventId, type EventId } from "./event-id.ts";
import { ResumableStream, type StreamOwner } from "./resumable-stream.ts";

interface ResumptionLimits {
  readonly bytesPerStream: number;
  readonly bytesPerAccount: number;
  readonly totalBytes: number;
  /** How long events are kept, and how long a stream can be resumed after its last message; while a call runs, always. */
  readonly keptMs: number;
}

export const resumptionLimits: ResumptionLimits = {
  bytesPerStream: 256 * 1024,
  bytesPerAccount: 4 * 1024 * 1024,
  totalBytes: 64 * 1024 * 1024,
  keptMs: 5 * 60_000,
};

interface KeptStream {
  readonly stream: ResumableStream;
  readonly bytes: number;
  /** On the clock of `performance.now()`. */
  readonly changedAtMs: number;
}

/** What a stream costs beside its events. */
const streamBytes = 1024;
const responseLost =
  "The connection was lost, and the response with it: the server has restarted, or the response was too large or too old to be kept. The call may have been carried out; look before you repeat it.";

/** The event streams that clients can resume, of requests and of GETs, within limits by stream, by account and in total; in memory only. */
export class ResumableStreams {
  readonly #limits: ResumptionLimits;
  /** In the order of their last change. */
  readonly #byToken = new Map<string, KeptStream>();
  /** The streams of GETs and those of requests, in the same order. */
  readonly #standalone = new EntriesByAccount<ResumableStream>();
  readonly #responses = new EntriesByAccount<ResumableStream>();
  readonly #bytesByAccount = new Map<AccountId, number>();
  #totalBytes = 0;
  #willPrune = false;

  constructor(limits: ResumptionLimits) {
    this.#limits = limits;
  }

  /** How long a stream can be resumed after its connection broke, at most. */
  get keptMs(): number {
    return this.#limits.keptMs;
  }

  /** The grants with a stream that can be resumed. */
  grants(): Set<GrantId> {
    return new Set(Array.from(this.#byToken.values(), ({ stream }) => stream.owner.grantId));
  }

  /** Begins the response as an event stream; the client speaks `protocolVersion`. */
  open(of: StreamOwner, protocolVersion: string, res: ServerResponse): ResumableStream {
    const isPrimed = hasEventsWithoutData(protocolVersion);
    const stream: ResumableStream = new ResumableStream(of, res, isPrimed, () => this.keep(stream));
    this.keep(stream);
    return stream;
  }

  /**
   * Responds to a GET with this Last-Event-ID. False, and nothing is sent, when it is no id of such a stream, or of a
   * standalone one that is not kept any more. Only the session and grant of the stream can resume it; for any other it is
   * unknown.
   */
  resume(lastEventId: string, session: Hash, { grantId }: Principal, res: ServerResponse): boolean {
    const id = parseEventId(lastEventId);
    if (id === undefined) return false;
    const known = this.#byToken.get(id.token)?.stream;
    const stream = known?.session === session && known.owner.grantId === grantId ? known : undefined;
    if (id.sequence === undefined || stream?.hasEnded === true) endForGood(res);
    else if (stream?.isResumable === true) {
      stream.resume(res, id.sequence);
      this.keep(stream);
    } else if (id.isStandalone) return false;
    else if (id.idJson === undefined) endForGood(res);
    else reportLoss(res, { ...id, idJson: id.idJson });
    return true;
  }

  /** Clears the streams of the owners that match. */
  clear(matches: (owner: Principal) => boolean): void {
    for (const { stream } of this.#byToken.values()) if (matches(stream.owner)) this.evict(stream);
  }

  /** The stream cannot be resumed any more; one that is connected goes on. */
  evict(stream: ResumableStream): void {
    this.#delete(stream);
    stream.evictBeyond(0);
  }

  /** Keeps the stream for the time of the limits from now on, and makes room for it. */
  keep(stream: ResumableStream): void {
    const { bytesPerAccount, bytesPerStream, keptMs, totalBytes } = this.#limits;
    const changedAtMs = performance.now();
    this.#delete(stream);
    stream.evictBeyond(bytesPerStream);
    const { accountId } = stream.owner;
    const bytes = stream.keptBytes + streamBytes;
    while (this.#bytesOf(accountId) + bytes > bytesPerAccount) this.#evictOldest(accountId);
    while (this.#totalBytes + bytes > totalBytes) this.#evictOldest(this.#largestAccount());
    this.#byToken.set(stream.token, { stream, bytes, changedAtMs });
    this.#sameKind(stream).add(accountId, stream);
    this.#add(accountId, bytes);
    if (!this.#willPrune) this.#pruneIn(keptMs);
  }

  /**
   * Of the account the stream whose last change is longest ago; responses are kept for longer than notifications. A call that
   * still runs loses no more than its events while there is anything else.
   */
  #evictOldest(accountId: AccountId): void {
    const [standalone] = this.#standalone.of(accountId);
    const [first] = this.#responses.of(accountId);
    const hasMore = ({ isAwaited, keptBytes }: ResumableStream) => !isAwaited || keptBytes > 0;
    const oldest = standalone ?? Iterator.from(this.#responses.of(accountId)).find(hasMore);
    if (oldest !== undefined) this.#evictUnlessAwaited(oldest);
    else if (first !== undefined) this.evict(first);
  }

  #evictUnlessAwaited(stream: ResumableStream): void {
    this.evict(stream);
    if (stream.isAwaited) this.keep(stream);
  }

  /** The collection that it belongs to. */
  #sameKind({ idJson }: ResumableStream): EntriesByAccount<ResumableStream> {
    return idJson === undefined ? this.#standalone : this.#responses;
  }

  #pruneIn(delayMs: number): void {
    this.#willPrune = true;
    setTimeout(() => this.#prune(), delayMs).unref();
  }

  #prune(): void {
    const { keptMs } = this.#limits;
    const oldestMs = performance.now() - keptMs;
    for (const { stream, changedAtMs } of this.#byToken.values()) {
      if (changedAtMs > oldestMs) return this.#pruneIn(changedAtMs - oldestMs);
      this.#evictUnlessAwaited(stream);
    }
    this.#willPrune = false;
  }

  #largestAccount(): AccountId {
    const [largest] = [...this.#bytesByAccount].reduce((a, b) => (b[1] > a[1] ? b : a));
    return largest;
  }

  #delete(stream: ResumableStream): void {
    const kept = this.#byToken.get(stream.token);
    if (kept === undefined) return;
    const { accountId } = stream.owner;
    this.#byToken.delete(stream.token);
    this.#sameKind(stream).delete(accountId, stream);
    this.#add(accountId, -kept.bytes);
  }

  #bytesOf(accountId: AccountId): number {
    return this.#bytesByAccount.get(accountId) ?? 0;
  }

  #add(accountId: AccountId, bytes: number): void {
    this.#totalBytes += bytes;
    const left = this.#bytesOf(accountId) + bytes;
    if (left > 0) this.#bytesByAccount.set(accountId, left);
    else this.#bytesByAccount.delete(accountId);
  }
}

/** 204 tells a client of event streams not to connect again (HTML, "Server-sent events"). */
function endForGood(res: ServerResponse): void {
  res.writeHead(204);
  res.end();
}

/** Ends the client's wait: a response with the request's id, as the one it waits for will never come. */
function reportLoss(res: ServerResponse, id: EventId & { idJson: string }): void {
  const stream = new EventStream(res);
  const response = errorResponse(id.idJson, errorCodes.serverError, responseLost);
  stream.write(`id: ${lastEventIdOf(id)}\n${eventText([response])}`);
  stream.end();
}
