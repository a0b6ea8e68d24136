import type { Log } from "@fjmcp/shared/log";
import type { Redis } from "ioredis";

/** On which Redis tells a connection that speaks RESP2 which keys have changed. */
const channel = "__redis__:invalidate";

/**
 * Learns of every change to what a connection has read (Redis's client-side caching, `CLIENT TRACKING`), its end by
 * expiry included, but not of what that connection itself has changed. The notices come over a connection of their own, because ioredis drops those of RESP3. So a notice
 * may overtake the reply of an older read, or come after that of a newer one: on a notice, who keeps what it has read
 * drops that, and keeps nothing of what is being read at that moment either.
 */
export class ClientTracking {
  readonly #reader: Redis;
  readonly #listener: Redis;
  readonly #changed: () => void;
  readonly #log: Log;
  /** The listener's id, once its connection is subscribed. */
  #subscription: Promise<number> | undefined;
  #attempt = 0;
  #isActive = false;

  /** `listener` is used for nothing else, and speaks RESP2. `changed` is also told when notices may have been lost. */
  constructor(reader: Redis, listener: Redis, changed: () => void, log: Log) {
    this.#reader = reader;
    this.#listener = listener;
    this.#changed = changed;
    this.#log = log;
    for (const connection of [reader, listener]) {
      connection.on("ready", () => void this.#begin());
      connection.on("close", () => this.#lost());
    }
    listener.on("close", () => (this.#subscription = undefined));
    listener.on("message", changed);
  }

  /** Whether there will be a notice of every change to what is read from now on. */
  get isActive(): boolean {
    return this.#isActive;
  }

  async #begin(): Promise<void> {
    const attempt = ++this.#attempt;
    if (this.#reader.status !== "ready" || this.#listener.status !== "ready") return;
    try {
      const listenerId = await (this.#subscription ??= this.#subscribe());
      await this.#reader.client("TRACKING", "ON", "REDIRECT", listenerId, "NOLOOP");
      this.#isActive = attempt === this.#attempt;
    } catch (error) {
      if (attempt !== this.#attempt) return;
      const cause = (error as Error).message;
      const what =
        "Redis does not tell of changes, so every request asks it; deploy/redis.acl has what that takes";
      this.#log.warn({ cause }, what);
    }
  }

  async #subscribe(): Promise<number> {
    // In this order: a subscribed connection of RESP2 answers no other command.
    const id = await this.#listener.client("ID");
    await this.#listener.subscribe(channel);
    return id;
  }

  #lost(): void {
    this.#attempt++;
    this.#isActive = false;
    this.#changed();
  }
}
