import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Hash } from "@fjmcp/shared/ids";
import type { Principal } from "../auth/principal.ts";
import { endAfterGrace, hasRoom, openEventStream, sendKeepAlive } from "../http/sse.ts";
import { eventIdOf, lastEventIdOf } from "./event-id.ts";

/** How long a client whose connection broke waits before it connects again. */
const retryMs = 1_000;
const eventEnd = Buffer.from("\n\n");

/** Whose response it is. */
export interface StreamOwner {
  readonly owner: Principal;
  readonly session: Hash;
  /** The id of the request, as JSON text. */
  readonly idJson: string;
}

interface SentEvent {
  readonly sequence: number;
  readonly bytes: Buffer;
}

/**
 * The event stream of one request, which outlives its connection (MCP 2025-11-25, "Resumability and Redelivery"). Its
 * events have ids and are kept, so that a client whose connection broke gets the rest over another one.
 */
export class ResumableStream implements StreamOwner {
  /** Unguessable; part of the id of each event. */
  readonly token = randomBytes(16).toString("base64url");
  readonly owner: Principal;
  readonly session: Hash;
  readonly idJson: string;
  readonly #isPrimed: boolean;
  readonly #onKept: () => void;
  #res: ServerResponse;
  readonly #events: SentEvent[] = [];
  #keptBytes = 0;
  #sequence = 0;
  #state: "open" | "responded" | "ended" = "open";

  /**
   * Begins the response. `isPrimed`: the client knows events without data (2025-11-25). `onKept` is called whenever there
   * is another event to keep.
   */
  constructor(of: StreamOwner, res: ServerResponse, isPrimed: boolean, onKept: () => void) {
    this.owner = of.owner;
    this.session = of.session;
    this.idJson = of.idJson;
    this.#isPrimed = isPrimed;
    this.#onKept = onKept;
    this.#res = res;
    this.#begin(res, 0);
  }

  /** Of the events that are kept. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  get isConnected(): boolean {
    return !this.#res.destroyed && !this.#res.writableEnded;
  }

  /** Whether the rest of the stream can still be sent; false when its response was sent and is not kept any more. */
  get isResumable(): boolean {
    return this.#state !== "responded" || this.#events.at(-1)?.sequence === this.#sequence;
  }

  /** It has ended without a response. */
  get hasEnded(): boolean {
    return this.#state === "ended";
  }

  /** Sends a message that a client may miss; a client that reads too slowly gets it only if it resumes. */
  notification(message: Buffer): void {
    const event = this.#keep([message]);
    if (hasRoom(this.#res)) this.#res.write(event);
  }

  /** Sends the response, the last event, in chunks that contain no line end. */
  response(chunks: readonly Buffer[]): void {
    this.#state = "responded";
    const event = this.#keep(chunks);
    if (!this.isConnected) return;
    this.#res.write(event);
    this.#res.end();
  }

  /** Ends the stream without a response: the request was cancelled. */
  end(): void {
    this.#state = "ended";
    if (this.isConnected) this.#res.end();
  }

  /** Closes the connection of a stream that is complete, also if the client does not read to its end. */
  close(): void {
    endAfterGrace(this.#res);
  }

  keepAlive(): void {
    sendKeepAlive(this.#res);
  }

  /** Goes on on another connection, after the event with this number. */
  resume(res: ServerResponse, after: number): void {
    if (this.isConnected) this.#res.end();
    this.#res = res;
    this.#begin(res, after);
    for (const { sequence, bytes } of this.#events) if (sequence > after) res.write(bytes);
    if (this.#state === "responded") res.end();
  }

  /** Evicts the oldest events until at most so many bytes are left. */
  evictBeyond(maxBytes: number): void {
    while (this.#keptBytes > maxBytes) this.#keptBytes -= this.#events.shift()!.bytes.length;
  }

  /** The client cannot resume this response before its first event: an event without data gives it the id to go on from. */
  #begin(res: ServerResponse, after: number): void {
    openEventStream(res);
    if (!this.#isPrimed) return;
    res.write(`id: ${eventIdOf(this, after)}\nretry: ${retryMs}\ndata: \n\n`);
  }

  #keep(chunks: readonly Buffer[]): Buffer {
    const sequence = ++this.#sequence;
    const id = this.#state === "responded" ? lastEventIdOf(this) : eventIdOf(this, sequence);
    const head = Buffer.from(`id: ${id}\nevent: message\ndata: `);
    const bytes = Buffer.concat([head, ...chunks, eventEnd]);
    this.#events.push({ sequence, bytes });
    this.#keptBytes += bytes.length;
    this.#onKept();
    return bytes;
  }
}
