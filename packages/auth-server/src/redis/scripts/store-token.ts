import { defineScript } from "../lua-script.ts";

/**
 * KEYS token, grant, grant-tokens, ended, account, the account's vault record, the code or refresh token that this one is issued for (if any) · ARGV
 * payload, expiresInSec, nowSec, kind, grant id, client key, moment of the code's redemption or '', 1 with the last token
 * of an answer. 1 = stored, 0 = the grant is not alive, or the code is another redemption's by now (see redeem-code).
 * Anything but an access token is created only, never overwritten: a refresh token that is derived again must keep the
 * moment of its own rotation. The index is pruned late, because its scores come from several clocks.
 */
export const storeTokenScript = defineScript(`
local token, grant, grantTokens, ended, account, upstream, source = unpack(KEYS)
local ttl, now, skew = tonumber(ARGV[2]), tonumber(ARGV[3]), 120
if redis.call('EXISTS', ended) == 1 or redis.call('EXISTS', grant) == 0 then return 0 end
if ARGV[7] ~= '' and redis.call('HGET', source, 'redeemedAtMs') ~= ARGV[7] then return 0 end

if ARGV[4] == 'access' then
  redis.call('SET', token, ARGV[1], 'EX', ttl)
elseif redis.call('HSETNX', token, 'payload', ARGV[1]) == 1 then
  redis.call('HSET', token, 'grant', ARGV[5], 'client', ARGV[6])
  redis.call('EXPIRE', token, ttl)
end
if ARGV[8] == '1' and redis.call('EXISTS', source) == 1 then redis.call('HSET', source, 'answered', 1) end

redis.call('ZREMRANGEBYSCORE', grantTokens, '-inf', now - skew)
redis.call('ZADD', grantTokens, now + ttl, token)
for _, key in ipairs({ grant, grantTokens, account }) do
  if redis.call('TTL', key) < ttl then redis.call('EXPIRE', key, ttl) end
end
-- Somebody has come for what the login stored.
local keepUntil = ARGV[4] ~= 'code' and redis.call('HGET', upstream, 'keepUntil')
if keepUntil then redis.call('EXPIREAT', upstream, keepUntil) end
return 1
`);
