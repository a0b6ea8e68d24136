import { Redis, type ChainableCommander } from "ioredis";
import type { RedisEndpoint } from "@fjmcp/shared/config/redis-endpoint";
import type { Log } from "@fjmcp/shared/log";
import { manageRedis, redisOptions, type RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import type { Events } from "../events.ts";
import { ClientTracking } from "./client-tracking.ts";
import { MgetBatcher } from "./mget-batcher.ts";

interface RedisClientDeps {
  /** Called when something that was read has changed, or may have. */
  readonly onInvalidate: () => void;
  readonly events: Pick<Events, "trackingUnavailable">;
  readonly log: Log;
}

/** The connection to Redis, and a second one over which Redis sends invalidations of what the first has read. */
export class RedisClient {
  readonly #redis: Redis;
  readonly #connection: RedisConnection;
  readonly #listener: Redis;
  readonly #tracking: ClientTracking;
  readonly #reads = new MgetBatcher((keys) => this.#redis.mget(keys));

  constructor(endpoint: RedisEndpoint, { onInvalidate, events, log }: RedisClientDeps) {
    const options = redisOptions(endpoint);
    this.#redis = new Redis(options);
    this.#connection = manageRedis(this.#redis, log);
    this.#listener = new Redis({ ...options, protocol: 2, autoResubscribe: false });
    // The first connection reports outages.
    this.#listener.on("error", () => undefined);
    this.#tracking = new ClientTracking(this.#redis, this.#listener, onInvalidate, events);
  }

  /** Whether `onInvalidate` will be called for every change to what is read from now on. */
  get invalidatesCache(): boolean {
    return this.#tracking.isActive;
  }

  /**
   * The values of the keys, null where there is none; one command for all that is read in one turn of the event loop.
   * Waits and rejects as RedisConnection.runIdempotent does.
   */
  read(keys: readonly string[]): Promise<(string | null)[]> {
    return this.#connection.runIdempotent(() => this.#reads.read(keys));
  }

  /** Sends the commands in one write and resolves with their replies. They may be repeated: they must be idempotent. */
  pipeline(commands: (chain: ChainableCommander) => ChainableCommander): Promise<unknown[]> {
    return this.#connection.runIdempotent(async (redis) =>
      repliesOf(await commands(redis.pipeline()).exec()),
    );
  }

  /** As `pipeline`, in one MULTI. */
  transaction(commands: (chain: ChainableCommander) => ChainableCommander): Promise<unknown[]> {
    return this.#connection.runIdempotent(async (redis) => repliesOf(await commands(redis.multi()).exec()));
  }

  /** Stops reconnecting and closes. */
  close(): void {
    this.#listener.disconnect();
    this.#connection.close();
  }
}

function repliesOf(results: [Error | null, unknown][] | null): unknown[] {
  const failed = results?.find(([error]) => error !== null)?.[0];
  if (failed) throw failed;
  return (results ?? []).map(([, reply]) => reply);
}
