import { z } from "zod";
import { clientIdSchema, grantIdSchema } from "@fjmcp/shared/ids";
import { parseRecord } from "@fjmcp/shared/parse-record";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import { toolsetSchema } from "@fjmcp/shared/oauth/toolsets";
import type { GrantDirectory } from "../grant/grant-directory.ts";
import { knownScopes } from "../grant/requested-scopes.ts";
import { authKeys, prefixOf } from "./auth-keys.ts";
import { accountsOf } from "./accounts-of.ts";

const grantIds = z.array(grantIdSchema);
const storedGrant = z.object({
  clientId: clientIdSchema,
  scope: z.string().transform(knownScopes),
  toolsets: z.array(toolsetSchema),
  label: z.string().optional(),
  /** Seconds since the epoch. */
  iat: z.number(),
  personalToken: z.object({ expiresAtSec: z.number() }).optional(),
});

export function createGrantDirectory(connection: RedisConnection): GrantDirectory {
  return {
    accounts: () => accountsOf(connection, prefixOf(authKeys.accountGrants)),
    accountsWithPersonalTokens: () => accountsOf(connection, prefixOf(authKeys.accountPersonalTokens)),

    lastToolsOf: (grant) =>
      connection.runIdempotent((redis) => redis.lrange(authKeys.grantTools(grant), 0, "-1")),

    async grantsOf(accountId) {
      const [ids, uses] = await connection.runIdempotent((redis) =>
        Promise.all([
          redis.zrange(authKeys.accountGrants(accountId), 0, "-1"),
          redis.zrange(authKeys.accountGrantsByUse(accountId), 0, "-1", "WITHSCORES"),
        ]),
      );
      if (ids.length === 0) return [];
      const payloads = await connection.runIdempotent((redis) =>
        redis.mget(grantIds.parse(ids).map(redisKeys.grant)),
      );
      const usedAtMs = new Map<string, number>();
      for (let i = 0; i < uses.length; i += 2) usedAtMs.set(uses[i]!, Number(uses[i + 1]));
      return grantIds.parse(ids).flatMap((grantId, index) => {
        const stored = parseRecord(storedGrant, payloads[index]);
        if (stored === undefined) return [];
        const { clientId, scope: scopes, toolsets, label, iat: createdAtSec, personalToken } = stored;
        const access = { scopes, toolsets };
        // 0: a personal token before its first use.
        const lastUsedAtMs = usedAtMs.get(grantId) || undefined;
        return { grantId, accountId, clientId, access, label, createdAtSec, personalToken, lastUsedAtMs };
      });
    },
  };
}
