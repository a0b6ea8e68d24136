-- Revokes a grant. Returns the number of token records that are left for further steps, or -1 when the grant is not
-- alive, and the number of MCP sessions that ended with it. Reads nothing of the sessions of the account's other grants. Its
-- Forgejo tokens, of the application `forgejoClientId`, are deleted with the last grant that rests on them. The sessions come
-- last and may fail alone: the session-daemon writes those keys, and must not be able to keep a revocation from finishing.

-- Whether the session belongs to this grant: another one may have taken it over.
local function isOwn(session)
  local isRecord, record = pcall(cjson.decode, redis.call('GET', session) or '')
  return isRecord and type(record) == 'table' and record.grantId == grantId
end

if redis.call('EXISTS', grant) == 0 then return { -1, 0 } end

-- This order: a full Redis rejects a script whose first write needs memory, and lets one finish that has written before.
redis.call('DEL', grant, grantTools)
redis.call('SET', revokedGrant, '1', 'EX', tombstoneSec)
local tokensLeft = deleteGrantTokens()

for _, index in ipairs({ accountGrants, accountGrantsByUse, accountPersonalTokens }) do redis.call('ZREM', index, grantId) end
if not hasLivingGrant(accountGrants) then
  redis.call('DEL', accountGrants, accountGrantsByUse, accountPersonalTokens)
end
if not hasLivingGrantOn(accountGrants, forgejoClientId) then redis.call('DEL', upstream) end

local sessionsEnded = 0
for _, session in ipairs(redis.pcall('SMEMBERS', sessionsOfGrant)) do
  if isOwn(sessionPrefix .. session) then
    redis.call('DEL', sessionPrefix .. session)
    redis.pcall('HDEL', sessionsOfAccount, session)
    sessionsEnded = sessionsEnded + 1
  end
end
redis.call('DEL', sessionsOfGrant)
if redis.call('EXISTS', sessionsOfAccount) == 0 then redis.pcall('SREM', sessionAccounts, accountId) end

return { tokensLeft, sessionsEnded }
