import { defineScript } from "../script.ts";

/** KEYS grant, account · ARGV payload, expiresInSec, grant id, client id. */
export const storeGrantScript = defineScript(`
local grant, account = unpack(KEYS)
local ttl = tonumber(ARGV[2])
redis.call('SET', grant, ARGV[1], 'EX', ttl)
redis.call('HSET', account, ARGV[3], ARGV[4])
if redis.call('TTL', account) < ttl then redis.call('EXPIRE', account, ttl) end
`);
