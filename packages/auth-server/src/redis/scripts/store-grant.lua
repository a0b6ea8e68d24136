-- Stores a grant and its entry in the index of its account. Returns {outcome, grant id}: `stored`; or,
-- with nothing stored, `disconnected` when the account has no vault record, because that was deleted with its last grant
-- while this login was in flight; `evict` with the least recently used grant when the account has `maxGrants`, or `full`
-- when each of them is of a login in flight: those have no entry in `accountGrantsByUse` yet.

if redis.call('EXISTS', upstream) == 0 then return { 'disconnected' } end
if not redis.call('ZSCORE', accountGrants, grantId) then
  removeExpiredGrants(accountGrants, accountGrantsByUse)
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
redis.call('ZADD', accountGrants, redis.call('EXPIRETIME', grant), grantId)
if redis.call('TTL', accountGrants) < tonumber(expiresInSec) then redis.call('EXPIRE', accountGrants, expiresInSec) end
return { 'stored' }
