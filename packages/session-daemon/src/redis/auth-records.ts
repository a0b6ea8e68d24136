import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import type { Hash } from "@fjmcp/shared/ids";
import type { RequestRecords } from "../auth/auth-records.ts";
import type { RedisClient } from "./redis-client.ts";

/** RequestRecords on Redis. */
export function redisRequestRecords(redis: RedisClient): RequestRecords {
  return {
    get tellsChanges() {
      return redis.tellsChanges;
    },
    async read(token: Hash, session: Hash | undefined) {
      const keys = [redisKeys.accessToken(token)];
      if (session !== undefined) keys.push(redisKeys.session(session));
      const [tokenRecord, sessionRecord] = await redis.read(keys);
      return { token: tokenRecord ?? undefined, session: sessionRecord ?? undefined };
    },
  };
}
