import { setTimeout as delay } from "node:timers/promises";
import { Redis, type ChainableCommander } from "ioredis";
import type { RedisEndpoint } from "@fjmcp/shared/config/redis-endpoint";
import type { Log } from "@fjmcp/shared/log";
import { StoreUnavailableError } from "../session/store-unavailable-error.ts";

/** How long a request waits for Redis, reconnecting included, before it is told to come back. */
const patienceMs = 2000;

/** One connection to Redis that comes back by itself. */
export class RedisClient {
  readonly #redis: Redis;

  constructor(endpoint: RedisEndpoint, log: Log) {
    this.#redis = new Redis({
      ...endpoint.address,
      username: endpoint.username,
      password: endpoint.password.reveal(),
      enableAutoPipelining: false,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      commandTimeout: patienceMs,
      connectTimeout: patienceMs,
      retryStrategy: () => 100,
    });
    let lost = false;
    this.#redis.on("ready", () => {
      if (lost) log.info("Redis is back");
      lost = false;
    });
    this.#redis.on("error", (error: Error) => {
      if (!lost) log.warn({ cause: error.message }, "Redis can not be reached; trying again until it can");
      lost = true;
    });
  }

  /**
   * Sends the commands in one write and answers with their replies. Waits up to 2 s for a lost connection and sends
   * them again if it was lost on the way, so they must bear being run twice. Rejects with StoreUnavailableError.
   */
  pipeline(commands: (chain: ChainableCommander) => ChainableCommander): Promise<unknown[]> {
    return this.#run(() => commands(this.#redis.pipeline()).exec());
  }

  /** As `pipeline`, in one MULTI. */
  transaction(commands: (chain: ChainableCommander) => ChainableCommander): Promise<unknown[]> {
    return this.#run(() => commands(this.#redis.multi()).exec());
  }

  /** Whether Redis answers within a second. */
  async answers(): Promise<boolean> {
    if (!this.#ready) return false;
    const silence = delay(1000, false, { ref: false });
    const pong = this.#redis.ping().then(
      () => true,
      () => false,
    );
    return Promise.race([pong, silence]);
  }

  /** Stops reconnecting and closes. */
  close(): void {
    this.#redis.disconnect();
  }

  get #ready(): boolean {
    return this.#redis.status === "ready";
  }

  async #run(send: () => Promise<[Error | null, unknown][] | null>): Promise<unknown[]> {
    const giveUpAt = performance.now() + patienceMs;
    for (;;) {
      const cause = this.#ready ? await attempt(send) : new Error("not connected");
      if (!(cause instanceof Error)) return cause;
      if (performance.now() >= giveUpAt) throw new StoreUnavailableError({ cause });
      await delay(20);
    }
  }
}

async function attempt(send: () => Promise<[Error | null, unknown][] | null>): Promise<unknown[] | Error> {
  try {
    const replies = (await send()) ?? [];
    return replies.find(([error]) => error !== null)?.[0] ?? replies.map(([, reply]) => reply);
  } catch (error) {
    return error as Error;
  }
}
