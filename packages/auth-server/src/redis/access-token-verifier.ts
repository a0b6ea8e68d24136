import { sha256Hex } from "@fjmcp/shared/hash";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import { parseRecord } from "@fjmcp/shared/parse-record";
import { accessTokenRecord, verifyAccessToken } from "@fjmcp/shared/oauth/access-token-record";
import { mcpResource } from "@fjmcp/shared/oauth/mcp-resource";
import type { Clock } from "@fjmcp/shared/clock";
import type { AccessTokenVerifier } from "../grant/access-token-verifier.ts";
import { authKeys } from "./auth-keys.ts";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";

export function createAccessTokenVerifier(
  connection: RedisConnection,
  issuer: string,
  clock: Clock,
): AccessTokenVerifier {
  const resource = mcpResource(issuer);

  return async function verify(accessToken) {
    const stored = await connection.runIdempotent((redis) =>
      redis.get(redisKeys.accessToken(sha256Hex(accessToken))),
    );
    const nowMs = clock();
    const record = verifyAccessToken(parseRecord(accessTokenRecord, stored), resource, nowMs / 1000);
    if (typeof record === "string") return undefined;
    const { grantId, accountId } = record;
    const [alive] = await Promise.all([
      connection.runIdempotent((redis) => redis.exists(redisKeys.grant(grantId))),
      // A use of the grant, for the order in which grants are evicted; an entry that was removed stays removed.
      connection.runIdempotent((redis) =>
        redis.zadd(authKeys.accountGrantsByUse(accountId), "XX", "GT", nowMs, grantId),
      ),
    ]);
    return alive === 1 ? record : undefined;
  };
}
