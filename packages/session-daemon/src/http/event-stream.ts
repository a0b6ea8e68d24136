import type { ServerResponse } from "node:http";

/** Time for a client to read the last event of an ended stream. */
const lastReadMs = 500;

/** A client that reads too slowly loses notifications instead of filling our memory. */
const maxUnreadBytes = 1024 * 1024;

/**
 * A response of Server-Sent Events (HTML, "Server-sent events") that no proxy buffers or caches. All that is sent within one
 * turn of the event loop becomes one write, which Node joins with the head of the response. Texts are Latin-1, one character
 * a byte, which is the cheapest way to join them.
 */
export class EventStream {
  /** Undefined once it is complete or its connection is closed: a stream may be kept for much longer. */
  #res: ServerResponse | undefined;
  #unsent = "";
  #willFlush = false;
  #hasEnded = false;

  /** Begins the response. */
  constructor(res: ServerResponse) {
    this.#res = res;
    res.once("close", () => (this.#res = undefined));
    res.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    this.#flushSoon();
  }

  /** It has not ended, and its client is connected. */
  get isOpen(): boolean {
    return !this.#hasEnded && this.#res?.destroyed === false;
  }

  /** A message that its client may miss can be sent: it is open, and the client reads. */
  get hasRoom(): boolean {
    return this.isOpen && this.#res!.writableLength < maxUnreadBytes;
  }

  /** Sends whole events or comments. */
  write(events: string): void {
    if (!this.isOpen) return;
    this.#unsent += events;
    this.#flushSoon();
  }

  /** Sends one message, given in chunks that contain no line end. */
  send(chunks: readonly Buffer[]): void {
    this.write(eventText(chunks));
  }

  /** As `send`, but drops the message when too much waits to be sent; then false. */
  notify(message: Buffer): boolean {
    const isSent = this.hasRoom;
    if (isSent) this.send([message]);
    return isSent;
  }

  /** Sends a comment, so that no proxy closes the stream as idle. */
  keepAlive(): void {
    if (this.hasRoom) this.write(": keep-alive\n\n");
  }

  end(): void {
    if (!this.isOpen) return;
    this.#hasEnded = true;
    this.#flushSoon();
  }

  /** As `end`. Closes the connection 500 ms later if the client has not read to the end: it would stay open. */
  endAfterGrace(): void {
    this.end();
    setTimeout(() => this.#res?.destroy(), lastReadMs).unref();
  }

  #flushSoon(): void {
    if (this.#willFlush) return;
    this.#willFlush = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    const text = this.#unsent;
    this.#unsent = "";
    this.#willFlush = false;
    const res = this.#res;
    if (res === undefined || res.destroyed) return;
    if (this.#hasEnded) res.end(text, "latin1");
    else if (text === "") res.flushHeaders();
    else res.write(text, "latin1");
  }
}

/** The event of one message, given in chunks that contain no line end. */
export function eventText(chunks: readonly Buffer[]): string {
  let text = "event: message\ndata: ";
  for (const chunk of chunks) text += chunk.toString("latin1");
  return `${text}\n\n`;
}
