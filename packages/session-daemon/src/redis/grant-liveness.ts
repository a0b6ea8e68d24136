import type { GrantId } from "@fjmcp/shared/ids";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import type { GrantLiveness } from "../session/grant-liveness.ts";
import type { RedisClient } from "./redis-client.ts";

/** GrantLiveness on Redis: a grant is alive while its record exists. */
export function createRedisGrantLiveness(redis: RedisClient): GrantLiveness {
  return {
    async findRevoked(grants: readonly GrantId[]) {
      const exists = await redis.pipeline((chain) =>
        grants.reduce((chain, grant) => chain.exists(redisKeys.grant(grant)), chain),
      );
      return grants.filter((_, i) => exists[i] === 0);
    },
  };
}
