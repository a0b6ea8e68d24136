import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import type { UpstreamLock } from "../upstream/vault/upstream-lock.ts";
import { authKeys } from "./auth-keys.ts";
import { claimKey } from "./claim-key.ts";

export function createUpstreamLock(connection: RedisConnection, forgejoClientId: string): UpstreamLock {
  return {
    acquire: (account, lifeMs) =>
      claimKey(connection, authKeys.upstreamLock(forgejoClientId, account), lifeMs),
    acquireTokenRequest: (lifeMs) => claimKey(connection, authKeys.tokenRequestLock(forgejoClientId), lifeMs),
  };
}
