import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Hash } from "@fjmcp/shared/ids";
import type { Principal } from "@fjmcp/shared/principal";
import { EventStream, eventText } from "../http/event-stream.ts";
import { eventIdsOf, lastEventIdOf } from "./event-id.ts";

/** How long a client whose connection broke waits before it connects again. */
const usualRetryMs = 1_000;

/** Whose stream it is. */
export interface StreamOwner {
  readonly owner: Principal;
  readonly session: Hash;
  /** The id of the request that it responds to, as JSON text; undefined for a standalone stream. */
  readonly idJson: string | undefined;
}

/** The events of one turn of the event loop, whose numbers follow each other. */
interface SentEvents {
  readonly last: number;
  /** As Latin-1, one character a byte. */
  readonly text: string;
  /** Where each event ends in the text. */
  readonly ends: readonly number[];
}

/**
 * An event stream, of one request or standalone, which outlives its connection (MCP 2025-11-25, "Resumability and
 * Redelivery"). Its events have ids and are kept, so that a client whose connection broke gets the rest over another one.
 */
export class ResumableStream implements StreamOwner {
  /** Unguessable; part of the id of each event. */
  readonly token = randomUUID();
  #owner: Principal;
  #connectedBy: Principal;
  readonly session: Hash;
  readonly idJson: string | undefined;
  readonly #isPrimed: boolean;
  readonly #onKept: () => void;
  readonly #eventId: (sequence: number) => string;
  #stream: EventStream;
  readonly #kept: SentEvents[] = [];
  #keptBytes = 0;
  #sequence = 0;
  /** The events of this turn, each in two parts, and where each ends in the text of all. */
  #parts: string[] = [];
  #ends: number[] = [];
  #state: "open" | "responded" | "ended" = "open";

  /**
   * Begins the response. `isPrimed`: the client knows events without data (2025-11-25). `onKept` is called whenever there
   * is another event to keep.
   */
  constructor(of: StreamOwner, res: ServerResponse, isPrimed: boolean, onKept: () => void) {
    this.#owner = this.#connectedBy = of.owner;
    this.session = of.session;
    this.idJson = of.idJson;
    this.#isPrimed = isPrimed;
    this.#onKept = onKept;
    this.#eventId = eventIdsOf(this);
    this.#stream = this.#begin(res, 0);
  }

  /** The length of the events that are kept. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** The grant that it belongs to, which can resume it. */
  get owner(): Principal {
    return this.#owner;
  }

  /** The principal of the token that opened the newest connection. */
  get connectedBy(): Principal {
    return this.#connectedBy;
  }

  get isConnected(): boolean {
    return this.#stream.isOpen;
  }

  /** A notification would be sent at once: the client is connected, and reads. */
  get hasRoom(): boolean {
    return this.#stream.hasRoom;
  }

  /** Whether the rest of the stream can still be sent; false when its response was sent and is not kept any more. */
  get isResumable(): boolean {
    return this.#state !== "responded" || this.#kept.at(-1)?.last === this.#sequence || this.#ends.length > 0;
  }

  /** The response to its request is still to come. */
  get isAwaited(): boolean {
    return this.#state === "open" && this.idJson !== undefined;
  }

  /** It has ended without a response. */
  get hasEnded(): boolean {
    return this.#state === "ended";
  }

  /** Sends a message that a client may miss; a client that reads too slowly gets it only if it resumes. */
  notification(message: Buffer): void {
    this.#add([message]);
  }

  /** Sends the response, the last event, in chunks that contain no line end. */
  response(chunks: readonly Buffer[]): void {
    this.#state = "responded";
    this.#add(chunks);
  }

  /** Ends the stream without a response: the request was cancelled. */
  end(): void {
    this.#flush();
    this.#state = "ended";
    this.#stream.end();
  }

  /**
   * Closes the connection of a stream that is complete, also if the client does not read to its end. `retryMs`: how long
   * the client should wait before it connects again, if that is not as usual.
   */
  close(retryMs?: number): void {
    this.#flush();
    if (retryMs !== undefined && this.#isPrimed) this.#stream.write(`retry: ${retryMs}\ndata: \n\n`);
    this.#stream.endAfterGrace();
  }

  keepAlive(): void {
    this.#stream.keepAlive();
  }

  /** Belongs to another grant from now on, which gets nothing of what was sent before. */
  moveTo(owner: Principal): void {
    this.#flush();
    this.#owner = owner;
    this.evictBeyond(0);
  }

  /** Goes on on another connection, which its owner has opened, after the event with this number. */
  resume(res: ServerResponse, after: number): void {
    this.#flush();
    this.#stream.end();
    this.#connectedBy = this.#owner;
    this.#stream = this.#begin(res, after);
    for (const { last, text, ends } of this.#kept) {
      const known = after - (last - ends.length);
      if (known < ends.length) this.#stream.write(text.slice(known > 0 ? ends[known - 1] : 0));
    }
    if (this.#state === "responded") this.#stream.end();
  }

  /**
   * Evicts the oldest events until at most so many bytes are left: turn by turn, but of the newest turn, which may have the
   * response, one by one.
   */
  evictBeyond(maxBytes: number): void {
    while (this.#keptBytes > maxBytes) {
      const oldest = this.#kept.shift()!;
      this.#keptBytes -= oldest.text.length;
      if (this.#kept.length === 0) this.#keepLast(oldest, maxBytes);
    }
  }

  /** Keeps as many of the last events as fit. */
  #keepLast({ last, text, ends }: SentEvents, maxBytes: number): void {
    const start = ends.find((end) => text.length - end <= maxBytes)!;
    if (start === text.length) return;
    // Else the part would keep the whole text in memory.
    const kept = Buffer.from(text.slice(start), "latin1").toString("latin1");
    this.#kept.push({ last, text: kept, ends: ends.filter((end) => end > start).map((end) => end - start) });
    this.#keptBytes = kept.length;
  }

  /** The client cannot resume this response before its first event: an event without data gives it the id to go on from. */
  #begin(res: ServerResponse, after: number): EventStream {
    const stream = new EventStream(res);
    if (this.#isPrimed) stream.write(`id: ${this.#eventId(after)}\nretry: ${usualRetryMs}\ndata: \n\n`);
    return stream;
  }

  #add(chunks: readonly Buffer[]): void {
    const sequence = ++this.#sequence;
    const id = this.#state === "responded" ? lastEventIdOf(this) : this.#eventId(sequence);
    const [idLine, event] = [`id: ${id}\n`, eventText(chunks)];
    this.#parts.push(idLine, event);
    const end = (this.#ends.at(-1) ?? 0) + idLine.length + event.length;
    if (this.#ends.push(end) === 1) process.nextTick(() => this.#flush());
  }

  /** Sends and keeps the events of this turn. */
  #flush(): void {
    const ends = this.#ends;
    if (ends.length === 0) return;
    // A flat string: V8 keeps what was joined by `+`, and what is alone in a join, as a tree.
    const text = this.#parts.join("");
    this.#parts = [];
    this.#ends = [];
    this.#kept.push({ last: this.#sequence, text, ends });
    this.#keptBytes += text.length;
    const isLast = this.#state === "responded";
    if (isLast || this.#stream.hasRoom) this.#stream.write(text);
    if (isLast) this.#stream.end();
    this.#onKept();
  }
}
