import { redisKeys } from "@fjmcp/shared/redis-keys";
import type { Hash } from "@fjmcp/shared/ids";
import type { RequestRecords } from "../session/request-records.ts";
import type { RedisClient } from "./redis-client.ts";

/** RequestRecords on Redis. */
export function redisRequestRecords(redis: RedisClient): RequestRecords {
  return {
    async read(token: Hash, session: Hash | undefined) {
      const [tokenRecord, sessionRecord] = await redis.pipeline((chain) => {
        chain.get(redisKeys.accessToken(token));
        return session === undefined ? chain : chain.get(redisKeys.session(session));
      });
      return { token: text(tokenRecord), session: text(sessionRecord) };
    },
  };
}

function text(reply: unknown): string | undefined {
  return typeof reply === "string" ? reply : undefined;
}
