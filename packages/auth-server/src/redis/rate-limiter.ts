import type { Redis } from "ioredis";
import { RateLimiterRedis, RateLimiterRes, RLWrapperTimeouts } from "rate-limiter-flexible";
import { rateLimits, type RateLimit, type RateLimiter } from "../rate-limit/rate-limiter.ts";
import { authKeys } from "./auth-keys.ts";

const windowSec = 60;
/** A Redis that hangs delays a request by so much before it is served without a limit. */
const timeoutMs = 250;

/**
 * Counts in Redis, in windows of a minute. Once a subject has reached its limit, this process rejects it from memory: a
 * flood does not reach Redis.
 */
export function createRateLimiter(
  redis: Redis,
  events: { rateLimiterUnavailable(failure: { detail: string }): void },
): RateLimiter {
  const limiters = new Map<RateLimit, RLWrapperTimeouts>();
  for (const [limit, points] of Object.entries(rateLimits) as [RateLimit, number][]) {
    const limiter = new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: "",
      points,
      duration: windowSec,
      inMemoryBlockOnConsumed: points,
      rejectIfRedisNotReady: true,
    });
    limiters.set(limit, new RLWrapperTimeouts({ limiter, timeoutMs }));
  }
  return {
    async consume(limit, subject) {
      try {
        await limiters.get(limit)!.consume(authKeys.requestRate(limit, subject));
        return undefined;
      } catch (reason) {
        if (reason instanceof RateLimiterRes) return Math.max(1, Math.ceil(reason.msBeforeNext / 1000));
        events.rateLimiterUnavailable({ detail: reason instanceof Error ? reason.message : "" });
        return undefined;
      }
    },
  };
}
