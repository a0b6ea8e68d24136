import type { AccountId, ClientId, GrantId } from "@fjmcp/shared/ids";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import type { GrantStore } from "../grant/grant-store.ts";
import { authKeys } from "./auth-keys.ts";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { endGrantScript } from "./scripts/end-grant.ts";
import { storeGrantScript } from "./scripts/store-grant.ts";

/** Longer than any request that may still hold the grant in its hands. */
const tombstoneSec = 3600;

export function createGrantStore(redis: RedisConnection, forgejoClientId: string): GrantStore {
  return {
    async store({ grantId, accountId, clientId, payload, expiresInSec }) {
      const keys = [
        redisKeys.grant(grantId),
        authKeys.accountGrants(accountId),
        authKeys.upstream(forgejoClientId, accountId),
      ];
      const args = [payload, expiresInSec, grantId, clientId];
      const stored = await redis.run((commands) => storeGrantScript.run(commands, keys, args));
      return stored === 1;
    },

    async find(grant) {
      return (await redis.run((commands) => commands.get(redisKeys.grant(grant)))) ?? undefined;
    },

    async end(grant) {
      const keys = [redisKeys.grant(grant), authKeys.grantTokens(grant), authKeys.revokedGrant(grant)];
      const args = [grant, tombstoneSec, authKeys.upstream(forgejoClientId, "")];
      const ended = await redis.run((commands) => endGrantScript.run(commands, keys, args));
      if (ended === null) return undefined;
      const [accountId, clientId] = ended as [AccountId, ClientId];
      return { accountId, clientId };
    },

    async grantsOf(account) {
      return (await redis.run((commands) => commands.hkeys(authKeys.accountGrants(account)))) as GrantId[];
    },
  };
}
