import { randomUUID } from "node:crypto";
import type { UpstreamLock } from "../upstream/vault/upstream-lock.ts";
import { authKeys } from "./auth-keys.ts";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { defineScript } from "./lua-script.ts";

const release = defineScript(`
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call("DEL", KEYS[1])
`);

export function createUpstreamLock(connection: RedisConnection, forgejoClientId: string): UpstreamLock {
  return {
    async acquire(account, lifeMs) {
      const key = authKeys.upstreamLock(forgejoClientId, account);
      const owner = randomUUID();
      const set = await connection.run((redis) => redis.set(key, owner, "PX", lifeMs, "NX"));
      if (set === null) return undefined;
      return async () => {
        await connection.run((redis) => release.run(redis, [key], [owner]));
      };
    },
  };
}
