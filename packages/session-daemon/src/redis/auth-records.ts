import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import type { Hash } from "@fjmcp/shared/ids";
import type { AuthRecords } from "../auth/auth-records.ts";
import type { RedisClient } from "./redis-client.ts";

/** AuthRecords on Redis. */
export function createRedisAuthRecords(redis: RedisClient): AuthRecords {
  return {
    get invalidatesCache() {
      return redis.invalidatesCache;
    },
    async read(token: Hash, session: Hash | undefined) {
      const keys = [redisKeys.accessToken(token)];
      if (session !== undefined) keys.push(redisKeys.session(session));
      const [tokenRecord, sessionRecord] = await redis.read(keys);
      return { token: tokenRecord ?? undefined, session: sessionRecord ?? undefined };
    },
  };
}
