import type { Redis } from "ioredis";
import { RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import { rateLimits, type RateLimit, type RateLimiter } from "../rate-limit/rate-limiter.ts";
import { authKeys } from "./auth-keys.ts";

const windowSec = 60;
/** A Redis that hangs delays a request by so much before it is served without a limit. */
const timeoutMs = 250;
const timeoutParts = 5;

/**
 * Counts in Redis, in windows of a minute. Once a subject has reached its limit, this process rejects it from memory: a
 * flood does not reach Redis.
 */
export function createRateLimiter(
  redis: Redis,
  events: { rateLimiterUnavailable(failure: { detail: string }): void },
): RateLimiter {
  const limiters = new Map<RateLimit, RateLimiterRedis>();
  for (const [limit, points] of Object.entries(rateLimits) as [RateLimit, number][]) {
    const limiter = new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: "",
      points,
      duration: windowSec,
      inMemoryBlockOnConsumed: points,
      rejectIfRedisNotReady: true,
    });
    limiters.set(limit, limiter);
  }
  return {
    async consume(limit, subject) {
      try {
        await inTime(limiters.get(limit)!.consume(authKeys.requestRate(limit, subject)));
        return undefined;
      } catch (reason) {
        if (reason instanceof RateLimiterRes) return Math.max(1, Math.ceil(reason.msBeforeNext / 1000));
        events.rateLimiterUnavailable({ detail: reason instanceof Error ? reason.message : "" });
        return undefined;
      }
    },
  };
}

/** Rejects after `timeoutParts` ticks. A tick that comes late, as this process was busy and read no reply, counts once. */
function inTime<T>(reply: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let partsLeft = timeoutParts;
    const timer = setInterval(() => {
      partsLeft -= 1;
      if (partsLeft > 0) return;
      clearInterval(timer);
      reject(new Error("Redis did not reply in time"));
    }, timeoutMs / timeoutParts);
    void reply.then(resolve, reject).finally(() => clearInterval(timer));
  });
}
