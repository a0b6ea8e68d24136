import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import type { UpstreamLock } from "../upstream/upstream-lock.ts";

const release = `
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call("DEL", KEYS[1])`;

export function createUpstreamLock(redis: Redis, forgejoClientId: string): UpstreamLock {
  return {
    async acquire(account, lifeMs) {
      const key = `upstream-lock:${forgejoClientId}:${account}`;
      const owner = randomUUID();
      if ((await redis.set(key, owner, "PX", lifeMs, "NX")) === null) return undefined;
      return async () => {
        await redis.eval(release, 1, key, owner);
      };
    },
  };
}
