import { randomUUID } from "node:crypto";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import type { UpstreamLock } from "../upstream/vault/upstream-lock.ts";
import { authKeys } from "./auth-keys.ts";
import { defineScript, readLua } from "./lua-script.ts";

const releaseLock = defineScript(readLua("release-lock"), { keys: ["lock"], args: ["owner"] });

export function createUpstreamLock(connection: RedisConnection, forgejoClientId: string): UpstreamLock {
  async function acquire(lock: string, lifeMs: number) {
    const owner = randomUUID();
    const before = await connection.runIdempotent((redis) =>
      redis.set(lock, owner, "PX", lifeMs, "NX", "GET"),
    );
    if (before !== null && before !== owner) return undefined;
    return async () => {
      await connection.runIdempotent((redis) => releaseLock.run(redis, { lock }, { owner }));
    };
  }

  return {
    acquire: (account, lifeMs) => acquire(authKeys.upstreamLock(forgejoClientId, account), lifeMs),
    acquireTokenRequest: (lifeMs) => acquire(authKeys.tokenRequestLock(forgejoClientId), lifeMs),
  };
}
