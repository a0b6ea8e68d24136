-- Stores a grant and its entries in the indexes of its account and client. Returns {outcome, grant id}: `stored`; or,
-- with nothing stored, `disconnected` when the account has no vault record, because that was deleted with its last grant
-- while this login was in flight; `evict` with the least recently used grant when the account has `maxGrants`, or `full`
-- when each of them is of a login in flight: those have no entry in `accountGrantsByUse` yet.

if redis.call('EXISTS', upstream) == 0 then return { 'disconnected' } end
if not redis.call('ZSCORE', accountGrants, grantId) then
  removeExpiredGrants(accountGrants, accountGrantsByUse)
  removeExpiredGrants(clientGrants)
  if redis.call('ZCARD', accountGrants) >= tonumber(maxGrants) then
    local oldest = redis.call('ZRANGE', accountGrantsByUse, 0, 0)[1]
    while oldest and not isAlive(oldest) do
      redis.call('ZREM', accountGrantsByUse, oldest)
      oldest = redis.call('ZRANGE', accountGrantsByUse, 0, 0)[1]
    end
    return oldest and { 'evict', oldest } or { 'full' }
  end
end

redis.call('SET', grant, payload, 'EX', expiresInSec)
for _, index in ipairs({ accountGrants, clientGrants }) do
  redis.call('ZADD', index, redis.call('EXPIRETIME', grant), grantId)
  if redis.call('TTL', index) < tonumber(expiresInSec) then redis.call('EXPIRE', index, expiresInSec) end
end
return { 'stored' }
