import { Redis, ReplyError } from "ioredis";
import type { RedisEndpoint } from "@fjmcp/shared/config/redis-endpoint";
import type { Log } from "@fjmcp/shared/log";
import { StorageUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";

const reconnectWaitMs = 2000;
const commandTimeoutMs = 2000;
/** A connection that has owed a reply for so long is replaced: its other end may be gone without a word. */
const silenceMs = commandTimeoutMs + 1000;
/** Replies that mean "not now" and not "never". */
const passingReply = /^(LOADING|BUSY|MASTERDOWN|READONLY|CLUSTERDOWN|TRYAGAIN|OOM|MISCONF|NOREPLICAS) /;

/** One connection to Redis that heals by itself. */
export interface RedisConnection {
  /**
   * Runs commands. When the connection is down, waits up to 2 s for it first; commands are never sent twice. Rejects
   * with StorageUnavailableError when Redis can not answer.
   */
  run<T>(commands: (redis: Redis) => Promise<T>): Promise<T>;
  close(): void;
}

export function connectRedis(endpoint: RedisEndpoint, log: Log): RedisConnection {
  const redis = new Redis({
    ...endpoint.address,
    username: endpoint.username,
    password: endpoint.password.reveal(),
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
    socketTimeout: silenceMs,
    connectTimeout: commandTimeoutMs,
    retryStrategy: (attempt) => Math.min(25 * attempt, 500),
  });
  redis.setMaxListeners(0);
  let reported = false;
  redis.on("error", (error: Error) => {
    if (!reported) log.error({ reason: error.message }, "redis connection lost");
    reported = true;
  });
  redis.on("ready", () => {
    if (reported) log.info("redis connection is back");
    reported = false;
  });

  return {
    async run(commands) {
      if (redis.status !== "ready") await readyWithin(redis, reconnectWaitMs);
      try {
        return await commands(redis);
      } catch (error) {
        if (error instanceof ReplyError && !passingReply.test((error as Error).message)) throw error;
        throw new StorageUnavailableError({ cause: error });
      }
    },
    close: () => redis.disconnect(),
  };
}

function readyWithin(redis: Redis, waitMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      redis.off("ready", onReady);
      reject(new StorageUnavailableError({ cause: new Error(`the connection is ${redis.status}`) }));
    }, waitMs);
    const onReady = () => {
      clearTimeout(timer);
      resolve();
    };
    redis.once("ready", onReady);
  });
}
