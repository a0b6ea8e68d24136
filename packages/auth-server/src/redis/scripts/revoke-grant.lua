-- Revokes a grant. Returns {account id, client id}, or nil when the grant is not alive. The account's other keys are
-- built from the content of the grant, so this runs on one Redis, not on a cluster. Index entries of expired grants are
-- removed too. The sessions come last and may fail alone: the session-daemon writes those keys, and must not be able
-- to keep a revocation from finishing.

local record = redis.call('GET', grant)
if not record then return nil end
local owner = cjson.decode(record)

redis.call('SET', revokedGrant, '1', 'EX', tombstoneSec)
for _, token in ipairs(redis.call('ZRANGE', grantTokens, 0, -1)) do redis.call('DEL', token) end
redis.call('DEL', grant, grantTokens)

local accountGrants = accountGrantsPrefix .. owner.accountId
redis.call('HDEL', accountGrants, grantId)
local clientLives, accountLives = false, false
local others = redis.call('HGETALL', accountGrants)
for i = 1, #others, 2 do
  if redis.call('EXISTS', grantPrefix .. others[i]) == 0 then
    redis.call('HDEL', accountGrants, others[i])
  else
    accountLives = true
    clientLives = clientLives or others[i + 1] == owner.clientId
  end
end

if not accountLives then redis.call('DEL', accountGrants, upstreamPrefix .. owner.accountId) end

if not clientLives then
  local sessions = sessionsOfAccountPrefix .. owner.accountId
  local ofAccount = redis.pcall('HGETALL', sessions)
  for i = 1, #ofAccount, 2 do
    if ofAccount[i + 1] == owner.clientId then
      redis.call('DEL', sessionPrefix .. ofAccount[i])
      redis.call('HDEL', sessions, ofAccount[i])
    end
  end
  if redis.call('EXISTS', sessions) == 0 then redis.pcall('SREM', sessionAccounts, owner.accountId) end
end

return { owner.accountId, owner.clientId }
