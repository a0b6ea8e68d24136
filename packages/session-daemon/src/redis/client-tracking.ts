import type { Redis } from "ioredis";
import type { Events } from "../events.ts";

/** The channel on which Redis sends invalidations to a RESP2 connection. */
export const invalidationChannel = "__redis__:invalidate";

/**
 * Receives Redis's client-side-caching invalidations (`CLIENT TRACKING … REDIRECT`) of what a connection has read, its
 * expiry included. ioredis drops RESP3 pushes, so they arrive on a second RESP2 connection, unordered with the replies:
 * on each one, clear all cached values and cache none of the reads in flight. The reader's own writes are not reported
 * (`NOLOOP`), and end the reports of what they write until it is read again.
 */
export class ClientTracking {
  readonly #reader: Redis;
  readonly #listener: Redis;
  readonly #onInvalidate: () => void;
  readonly #events: Pick<Events, "trackingUnavailable">;
  /** The listener's id, once its connection is subscribed. */
  #subscription: Promise<number> | undefined;
  #attempt = 0;
  #isActive = false;

  /**
   * `listener` is used for nothing else, and speaks RESP2. `onInvalidate` is called for each message, and when a lost
   * connection may have lost messages.
   */
  constructor(
    reader: Redis,
    listener: Redis,
    onInvalidate: () => void,
    events: Pick<Events, "trackingUnavailable">,
  ) {
    this.#reader = reader;
    this.#listener = listener;
    this.#onInvalidate = onInvalidate;
    this.#events = events;
    for (const connection of [reader, listener]) {
      connection.on("ready", () => void this.#start());
      connection.on("close", () => this.#stop());
    }
    listener.on("close", () => (this.#subscription = undefined));
    listener.on("message", onInvalidate);
  }

  /** Whether `onInvalidate` will be called for every change to what is read from now on. */
  get isActive(): boolean {
    return this.#isActive;
  }

  async #start(): Promise<void> {
    const attempt = ++this.#attempt;
    if (this.#reader.status !== "ready" || this.#listener.status !== "ready") return;
    try {
      const listenerId = await (this.#subscription ??= this.#subscribe());
      await this.#reader.client("TRACKING", "ON", "REDIRECT", listenerId, "NOLOOP");
      this.#isActive = attempt === this.#attempt;
    } catch (error) {
      if (attempt === this.#attempt) this.#events.trackingUnavailable(error as Error);
    }
  }

  async #subscribe(): Promise<number> {
    // In this order: a subscribed RESP2 connection accepts no other command.
    const id = await this.#listener.client("ID");
    await this.#listener.subscribe(invalidationChannel);
    return id;
  }

  #stop(): void {
    this.#attempt++;
    this.#isActive = false;
    this.#onInvalidate();
  }
}
