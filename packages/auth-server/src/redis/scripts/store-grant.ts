import { defineScript } from "../lua-script.ts";

/**
 * KEYS grant, account, the account's vault record · ARGV payload, expiresInSec, grant id, client id. 1 = stored, 0 = there
 * is no vault record: it went with the account's last grant while this login was on its way.
 */
export const storeGrantScript = defineScript(`
local grant, account, upstream = unpack(KEYS)
local ttl = tonumber(ARGV[2])
if redis.call('EXISTS', upstream) == 0 then return 0 end
redis.call('SET', grant, ARGV[1], 'EX', ttl)
redis.call('HSET', account, ARGV[3], ARGV[4])
if redis.call('TTL', account) < ttl then redis.call('EXPIRE', account, ttl) end
return 1
`);
