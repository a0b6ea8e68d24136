import type { RedisCommand, RedisRights } from "@fjmcp/shared/redis/redis-inspection";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import { authKeys } from "./auth-keys.ts";

const probe = "rights-probe";

/** Each key of ours with `probe` for its ids. */
const keys = [...Object.values(authKeys), ...Object.values(redisKeys)].map((key) =>
  typeof key === "string" ? key : (key as (...ids: string[]) => string)(probe, probe),
);

/** `deploy/redis.acl` grants them to the auth-server: every key, by commands and by scripts. */
export const redisRights: RedisRights = {
  settings: { username: "FJMCP_REDIS_AUTH_USERNAME", password: "FJMCP_REDIS_AUTH_PASSWORD_FILE" },
  required: [
    ...keys.map((key): RedisCommand => ["set", key, probe]),
    ["get", probe],
    ["mget", probe],
    ["del", probe],
    ["hset", probe, "field", "value"],
    ["hgetall", probe],
    ["zadd", probe, "0", "member"],
    ["zrangebyscore", probe, "0", "0"],
    ["expire", probe, "1"],
    ["scan", "0"],
    ["eval", "return 0", "0"],
    ["evalsha", "0".repeat(40), "0"],
  ],
  excessive: [["flushall"], ["config", "get", "maxmemory"], ["acl", "list"]],
};
