-- Writes the decision of the user into a device code, once. Returns 1, for the same decision again too; or 0 when another one
-- was written or the code is gone. `grantId` is '' when nothing was allowed; with a grant, the code is one of its tokens from
-- then on: it is redeemed as an authorization code, and deleted with the grant.

if redis.call('EXISTS', deviceCode) == 0 then return 0 end
if redis.call('HSETNX', deviceCode, 'decided', 1) == 0 then
  return redis.call('HGET', deviceCode, 'payload') == payload and 1 or 0
end
redis.call('HSET', deviceCode, 'payload', payload)
if grantId == '' then return 1 end
redis.call('HSET', deviceCode, 'grant', grantId)
local ttl = redis.call('TTL', deviceCode)
redis.call('ZADD', grantTokens, redis.call('EXPIRETIME', deviceCode), deviceCode)
if redis.call('TTL', grantTokens) < ttl then redis.call('EXPIRE', grantTokens, ttl) end
return 1
