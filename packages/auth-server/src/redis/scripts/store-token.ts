import { defineScript } from "../script.ts";

/**
 * KEYS token, grant, grant-tokens, ended, account, the refresh token that this one follows (if any) · ARGV payload,
 * expiresInSec, nowSec, kind, grant id, client key. 1 = stored, 0 = the grant is not alive. Anything but an access token
 * is created only, never overwritten: a refresh token that is derived again must keep the moment of its own rotation.
 */
export const storeTokenScript = defineScript(`
local token, grant, grantTokens, ended, account, follows = unpack(KEYS)
local ttl, now = tonumber(ARGV[2]), tonumber(ARGV[3])
if redis.call('EXISTS', ended) == 1 or redis.call('EXISTS', grant) == 0 then return 0 end

if ARGV[4] == 'access' then
  redis.call('SET', token, ARGV[1], 'EX', ttl)
elseif redis.call('HSETNX', token, 'payload', ARGV[1]) == 1 then
  redis.call('HSET', token, 'grant', ARGV[5], 'client', ARGV[6])
  redis.call('EXPIRE', token, ttl)
end
if follows and redis.call('EXISTS', follows) == 1 then redis.call('HSET', follows, 'followed', 1) end

redis.call('ZREMRANGEBYSCORE', grantTokens, '-inf', now)
redis.call('ZADD', grantTokens, now + ttl, token)
for _, key in ipairs({ grant, grantTokens, account }) do
  if redis.call('TTL', key) < ttl then redis.call('EXPIRE', key, ttl) end
end
return 1
`);
