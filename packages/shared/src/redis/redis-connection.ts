import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { RedisEndpoint } from "../config/redis-endpoint.ts";
import type { Log } from "../log.ts";
import { deniedSocketText } from "./denied-socket.ts";
import { isRejectedByRedis } from "./rejected-by-redis.ts";
import { StoreUnavailableError } from "./store-unavailable-error.ts";

/** How long a caller waits for Redis, including reconnection. */
const outageWaitMs = 2000;
const retryMs = 20;
const maxReconnectDelayMs = 500;
/** Between two looks at a Redis that loads its data. By its own estimate it would be up to ten seconds. */
const loadingRetryMs = 200;
/** Temporary error replies; any other, such as NOPERM or WRONGTYPE, is permanent until an administrator acts. */
const temporaryReply = /^(LOADING|BUSY|MASTERDOWN|READONLY|CLUSTERDOWN|TRYAGAIN|OOM|MISCONF|NOREPLICAS) /;

/** A connection to Redis that reconnects by itself. Both daemons use this one policy. */
export interface RedisConnection {
  /**
   * Runs commands, once. Waits up to 2 s for a lost connection first, and up to 2 s for each reply. Rejects with
   * StoreUnavailableError when Redis cannot reply; a permanent error reply rejects unchanged.
   */
  run<T>(commands: (redis: Redis) => Promise<T>): Promise<T>;
  /** As `run`, but repeats the commands for up to 2 s while Redis cannot reply: they must be idempotent. */
  runIdempotent<T>(commands: (redis: Redis) => Promise<T>): Promise<T>;
  /** Stops reconnecting and closes. */
  close(): void;
}

/** The options of every connection to Redis: commands fail at once while there is none, and none is ever resent. */
export function redisOptions(endpoint: RedisEndpoint) {
  return {
    ...endpoint.address,
    username: endpoint.username,
    password: endpoint.password.reveal(),
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: outageWaitMs,
    connectTimeout: outageWaitMs,
    // Applies only while a reply is pending: detects a peer that vanished without closing the connection.
    socketTimeout: outageWaitMs + 1000,
    retryStrategy: (attempt: number) => Math.min(25 * attempt, maxReconnectDelayMs),
    maxLoadingRetryTime: loadingRetryMs,
  };
}

/** Connects. Logs the loss and the return of the connection once each. */
export function connectRedis(endpoint: RedisEndpoint, log: Log): RedisConnection {
  return manageRedis(new Redis(redisOptions(endpoint)), log);
}

/** As `connectRedis`, for a client that the caller has created with `redisOptions` and also uses itself. */
export function manageRedis(redis: Redis, log: Log): RedisConnection {
  redis.setMaxListeners(0);
  let isLost = false;
  redis.on("error", (error: Error) => {
    if (!isLost)
      log.warn(
        { event: "redis.disconnected", cause: error.message },
        `${deniedSocketText(error.message) ?? "lost connection to Redis"}; reconnecting`,
      );
    isLost = true;
  });
  redis.on("ready", () => {
    if (isLost) log.info({ event: "redis.reconnected" }, "connected to Redis again");
    isLost = false;
  });

  async function run<T>(commands: (redis: Redis) => Promise<T>, waitMs: number): Promise<T> {
    if (redis.status !== "ready") await readyWithin(redis, waitMs);
    try {
      return await commands(redis);
    } catch (error) {
      const cause = rejectionOf(error);
      throw isPermanent(cause) ? cause : new StoreUnavailableError({ cause });
    }
  }

  return {
    run: (commands) => run(commands, outageWaitMs),

    async runIdempotent(commands) {
      const giveUpAtMs = performance.now() + outageWaitMs;
      const remainingMs = () => Math.max(0, giveUpAtMs - performance.now());
      try {
        // Bounded by the command timeout, which is as long.
        return await run(commands, outageWaitMs);
      } catch (error) {
        let last = error;
        while (last instanceof StoreUnavailableError && remainingMs() > 0) {
          await sleep(retryMs);
          try {
            return await within(remainingMs(), run(commands, remainingMs()), last);
          } catch (next) {
            last = next;
          }
        }
        throw last;
      }
    },

    close: () => redis.disconnect(),
  };
}

/** A discarded transaction (EXECABORT) says nothing itself: the reply to the command that Redis did not queue does. */
function rejectionOf(error: unknown): unknown {
  const [first] = (error as { previousErrors?: readonly Error[] }).previousErrors ?? [];
  return first ?? error;
}

function isPermanent(error: unknown): boolean {
  return isRejectedByRedis(error) && !temporaryReply.test(error.message);
}

function readyWithin(redis: Redis, waitMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      redis.off("ready", onReady);
      reject(new StoreUnavailableError({ cause: new Error(`the connection is ${redis.status}`) }));
    }, waitMs);
    const onReady = () => {
      clearTimeout(timer);
      resolve();
    };
    redis.once("ready", onReady);
  });
}

/** Rejects with `error` when the promise has not settled after `ms`. */
function within<Value>(ms: number, promise: Promise<Value>, error: Error): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(error), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
