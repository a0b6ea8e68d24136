import { setTimeout as delay } from "node:timers/promises";
import { Redis, type ChainableCommander } from "ioredis";
import type { RedisEndpoint } from "@fjmcp/shared/config/redis-endpoint";
import type { Log } from "@fjmcp/shared/log";
import { ChangeNotices } from "./client-tracking.ts";
import { ReadBatch } from "./mget-batcher.ts";
import { StoreUnavailableError } from "../session/store-unavailable-error.ts";

/** How long a request waits for Redis, reconnecting included, before it is told to come back. */
const patienceMs = 2000;

/** A connection to Redis that comes back by itself, and one beside it over which Redis tells of changes. */
export class RedisClient {
  readonly #redis: Redis;
  readonly #listener: Redis;
  readonly #notices: ChangeNotices;
  readonly #reads = new ReadBatch((keys) => this.#redis.mget(keys));

  /** `changed` is told when something that was read has changed, or may have. */
  constructor(endpoint: RedisEndpoint, changed: () => void, log: Log) {
    const options = {
      ...endpoint.address,
      username: endpoint.username,
      password: endpoint.password.reveal(),
      enableAutoPipelining: false,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      commandTimeout: patienceMs,
      connectTimeout: patienceMs,
      // While a reply is owed: a peer that is gone without a word is given up.
      socketTimeout: patienceMs + 1000,
      retryStrategy: () => 100,
    };
    this.#redis = new Redis(options);
    this.#listener = new Redis({ ...options, protocol: 2, autoResubscribe: false });
    this.#notices = new ChangeNotices(this.#redis, this.#listener, changed, log);
    // The other one says what there is to say.
    this.#listener.on("error", () => undefined);
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

  /** Whether `changed` will be told of every change to what is read from now on. */
  get tellsChanges(): boolean {
    return this.#notices.areComing;
  }

  /**
   * The values of the keys, null where there is none; one command for all that is read in one turn of the event loop.
   * Waits as `pipeline` does.
   */
  read(keys: readonly string[]): Promise<(string | null)[]> {
    return this.#run(() => this.#reads.read(keys));
  }

  /**
   * Sends the commands in one write and answers with their replies. Waits up to 2 s for a lost connection and sends
   * them again if it was lost on the way, so they must bear being run twice. Rejects with StoreUnavailableError.
   */
  pipeline(commands: (chain: ChainableCommander) => ChainableCommander): Promise<unknown[]> {
    return this.#run(async () => repliesOf(await commands(this.#redis.pipeline()).exec()));
  }

  /** As `pipeline`, in one MULTI. */
  transaction(commands: (chain: ChainableCommander) => ChainableCommander): Promise<unknown[]> {
    return this.#run(async () => repliesOf(await commands(this.#redis.multi()).exec()));
  }

  /** Whether Redis answers, or comes back within 2 s. */
  answers(): Promise<boolean> {
    return this.#run(() => this.#redis.ping()).then(
      () => true,
      () => false,
    );
  }

  /** Stops reconnecting and closes. */
  close(): void {
    this.#listener.disconnect();
    this.#redis.disconnect();
  }

  get #ready(): boolean {
    return this.#redis.status === "ready";
  }

  async #run<Replies>(send: () => Promise<Replies>): Promise<Replies> {
    const giveUpAt = performance.now() + patienceMs;
    for (let isFirst = true; ; isFirst = false) {
      try {
        if (!this.#ready) throw new Error("not connected");
        // The first has the command's own timeout, which is as long as our patience.
        return await (isFirst ? send() : within(giveUpAt - performance.now(), send()));
      } catch (cause) {
        if (performance.now() >= giveUpAt) throw new StoreUnavailableError({ cause });
      }
      await delay(20);
    }
  }
}

/** Rejects when the promise has not settled after `ms`. */
function within<Value>(ms: number, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer in time")), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function repliesOf(results: [Error | null, unknown][] | null): unknown[] {
  const failed = results?.find(([error]) => error !== null)?.[0];
  if (failed) throw failed;
  return (results ?? []).map(([, reply]) => reply);
}
