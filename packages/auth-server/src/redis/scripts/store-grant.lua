-- Stores a grant and its entry in the index of its account. Returns {outcome, grant id}: `stored`; or,
-- with nothing stored, `disconnected` when there is no vault record that it rests on, because that was deleted with the
-- last other grant while this login was in flight; `evict` with the least recently used grant when the account has `maxGrants`, or `full`
-- when each of them is of a login in flight: those have no entry in `accountGrantsByUse` yet. Personal tokens are counted
-- apart, and none is evicted: beyond `maxPersonalTokens` it is `full` for them.

if redis.call('EXISTS', upstream) == 0 then return { 'disconnected' } end
if not redis.call('ZSCORE', accountGrants, grantId) then
  removeExpiredGrants(accountGrants, accountGrantsByUse, accountPersonalTokens)
  local personal = redis.call('ZCARD', accountPersonalTokens)
  if isPersonalToken == '1' then
    if personal >= tonumber(maxPersonalTokens) then return { 'full' } end
  elseif redis.call('ZCARD', accountGrants) - personal >= tonumber(maxGrants) then
    for _, oldest in ipairs(redis.call('ZRANGE', accountGrantsByUse, 0, -1)) do
      if not isAlive(oldest) then
        redis.call('ZREM', accountGrantsByUse, oldest)
      elseif not redis.call('ZSCORE', accountPersonalTokens, oldest) then
        return { 'evict', oldest }
      end
    end
    return { 'full' }
  end
end

redis.call('SET', grant, payload, 'EX', expiresInSec)
local indexes = { accountGrants }
if isPersonalToken == '1' then indexes[2] = accountPersonalTokens end
for _, index in ipairs(indexes) do
  redis.call('ZADD', index, redis.call('EXPIRETIME', grant), grantId)
  if redis.call('TTL', index) < tonumber(expiresInSec) then redis.call('EXPIRE', index, expiresInSec) end
end
return { 'stored' }
