import { z } from "zod";
import { branded, type AccountId, type ClientId, type GrantId } from "@fjmcp/shared/ids";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import type { GrantStore } from "../grant/grant-store.ts";
import { authKeys, prefixOf } from "./auth-keys.ts";
import { defineScript, readLua } from "./lua-script.ts";

/** Longer than any request in flight that may still store tokens of the grant. */
const tombstoneSec = 3600;

const storeGrant = defineScript(readLua("store-grant"), {
  keys: ["grant", "accountGrants", "upstream"],
  args: ["payload", "expiresInSec", "grantId", "clientId"],
});

const revokeGrant = defineScript(readLua("revoke-grant"), {
  keys: ["grant", "grantTokens", "revokedGrant"],
  args: ["grantId", "tombstoneSec", "upstreamPrefix"],
  constants: {
    grantPrefix: prefixOf(redisKeys.grant),
    accountGrantsPrefix: prefixOf(authKeys.accountGrants),
    sessionPrefix: prefixOf(redisKeys.session),
    sessionsOfAccountPrefix: prefixOf(redisKeys.sessionsOfAccount),
    sessionAccounts: redisKeys.sessionAccounts,
  },
});

const owner = z.tuple([branded<AccountId>(), branded<ClientId>()]);
const grantRecord = z.object({ accountId: branded<AccountId>() });
const grantIds = z.array(branded<GrantId>());

export function createGrantStore(redis: RedisConnection, forgejoClientId: string): GrantStore {
  return {
    async store({ grantId, accountId, clientId, payload, expiresInSec }) {
      const keys = {
        grant: redisKeys.grant(grantId),
        accountGrants: authKeys.accountGrants(accountId),
        upstream: authKeys.upstream(forgejoClientId, accountId),
      };
      const args = { payload, expiresInSec, grantId, clientId };
      return (await redis.run((commands) => storeGrant.run(commands, keys, args))) === 1;
    },

    async find(grant) {
      return (await redis.run((commands) => commands.get(redisKeys.grant(grant)))) ?? undefined;
    },

    async accountOf(grant) {
      const payload = await redis.run((commands) => commands.get(redisKeys.grant(grant)));
      return payload === null ? undefined : grantRecord.parse(JSON.parse(payload)).accountId;
    },

    async revoke(grantId) {
      const keys = {
        grant: redisKeys.grant(grantId),
        grantTokens: authKeys.grantTokens(grantId),
        revokedGrant: authKeys.revokedGrant(grantId),
      };
      const args = { grantId, tombstoneSec, upstreamPrefix: prefixOf(authKeys.upstream, forgejoClientId) };
      const result = await redis.run((commands) => revokeGrant.run(commands, keys, args));
      if (result === null) return undefined;
      const [accountId, clientId] = owner.parse(result);
      return { accountId, clientId };
    },

    async grantsOf(account) {
      return grantIds.parse(await redis.run((commands) => commands.hkeys(authKeys.accountGrants(account))));
    },
  };
}
