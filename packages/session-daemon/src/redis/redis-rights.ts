import { accountIdSchema, grantIdSchema, hashSchema } from "@fjmcp/shared/ids";
import type { RedisCommand, RedisRights } from "@fjmcp/shared/redis/redis-inspection";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import { invalidationChannel } from "./client-tracking.ts";

const probe = "rights-probe";
const token = redisKeys.accessToken(hashSchema.parse(probe));
const grant = redisKeys.grant(grantIdSchema.parse(probe));
const session = redisKeys.session(hashSchema.parse(probe));
const index = redisKeys.sessionsOfAccount(accountIdSchema.parse(probe));
const accounts = redisKeys.sessionAccounts;

const reading: readonly RedisCommand[] = [
  ["get", token],
  ["mget", token, session],
  ["exists", grant],
];
const writing: readonly RedisCommand[] = [
  ["set", session, probe],
  ["del", session],
  ["expire", session, "1"],
  ["hset", index, probe, probe],
  ["hdel", index, probe],
  ["hgetall", index],
  ["hlen", index],
  ["sadd", accounts, probe],
  ["srem", accounts, probe],
  ["smembers", accounts],
];

/** `deploy/redis.acl` grants them to the session-daemon: tokens and grants to read, sessions to write. */
export const redisRights: RedisRights = {
  settings: { username: "FJMCP_REDIS_SESSION_USERNAME", password: "FJMCP_REDIS_SESSION_PASSWORD_FILE" },
  required: [...reading, ...writing],
  // What would make a compromised session-daemon as powerful as the auth-server.
  excessive: [
    ["set", token, probe],
    ["set", grant, probe],
    ["get", `upstream:${probe}`],
    ["get", `token:refresh:${probe}`],
    ["eval", "return 0", "0"],
    ["flushall"],
  ],
  channel: invalidationChannel,
};
