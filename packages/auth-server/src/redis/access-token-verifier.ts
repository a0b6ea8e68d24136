import { sha256Hex } from "@fjmcp/shared/hash";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import { readStoredRecord } from "@fjmcp/shared/parse-record";
import { accessTokenRecord, judgeAccessToken } from "@fjmcp/shared/oauth/access-token-record";
import { mcpResource } from "@fjmcp/shared/oauth/mcp-resource";
import type { Clock } from "@fjmcp/shared/clock";
import type { AccessTokenCheck } from "../grant/access-token-verifier.ts";
import type { RedisConnection } from "./redis-connection.ts";

export function createAccessTokenCheck(
  connection: RedisConnection,
  issuer: string,
  clock: Clock,
): AccessTokenCheck {
  const resource = mcpResource(issuer);

  return async function check(accessToken) {
    const stored = await connection.run((redis) => redis.get(redisKeys.accessToken(sha256Hex(accessToken))));
    const record = judgeAccessToken(readStoredRecord(accessTokenRecord, stored), resource, clock() / 1000);
    if (typeof record === "string") return undefined;
    const grants = await connection.run((redis) => redis.exists(redisKeys.grant(record.grantId)));
    return grants === 1 ? record : undefined;
  };
}
