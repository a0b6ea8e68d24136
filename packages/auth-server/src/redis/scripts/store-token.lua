-- Stores a token record. Returns 1, or 0 when the grant is not alive or another redemption owns the code by now (see
-- redeem-code). `source` is the code or refresh token that this one is issued for, and `redeemedAtMs` the moment of the
-- code's redemption; each is '' when there is none. `completesResponse` is '1' with the last token of a response.
-- Codes and refresh tokens are created only, never overwritten: a refresh token that is derived again must keep the
-- moment of its own rotation. The index is pruned late, because its scores come from several clocks.

local ttl, now, maxSkewSec = tonumber(expiresInSec), tonumber(nowSec), 120
if redis.call('EXISTS', revokedGrant) == 1 or redis.call('EXISTS', grant) == 0 then return 0 end
if redeemedAtMs ~= '' and redis.call('HGET', source, 'redeemedAtMs') ~= redeemedAtMs then return 0 end

if kind == 'access' then
  redis.call('SET', token, payload, 'EX', ttl)
elseif redis.call('HSETNX', token, 'payload', payload) == 1 then
  redis.call('HSET', token, 'grant', grantId)
  redis.call('EXPIRE', token, ttl)
end
if completesResponse == '1' and redis.call('EXISTS', source) == 1 then redis.call('HSET', source, 'completed', 1) end

redis.call('ZREMRANGEBYSCORE', grantTokens, '-inf', now - maxSkewSec)
redis.call('ZADD', grantTokens, now + ttl, token)
for _, key in ipairs({ grant, grantTokens, accountGrants }) do
  if redis.call('TTL', key) < ttl then redis.call('EXPIRE', key, ttl) end
end
-- A client has claimed what the login stored.
local keepUntil = kind ~= 'code' and redis.call('HGET', upstream, 'keepUntil')
if keepUntil then redis.call('EXPIREAT', upstream, keepUntil) end
return 1
