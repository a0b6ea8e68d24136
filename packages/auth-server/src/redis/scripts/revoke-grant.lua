-- Revokes a grant. Returns the number of token records that are left for further steps, or -1 when the grant is not
-- alive. Reads nothing of the account's other grants, nor of the sessions of other clients. The sessions come last and
-- may fail alone: the session-daemon writes those keys, and must not be able to keep a revocation from finishing.

if redis.call('EXISTS', grant) == 0 then return -1 end

redis.call('SET', revokedGrant, '1', 'EX', tombstoneSec)
redis.call('DEL', grant)
local tokensLeft = deleteGrantTokens()

for _, index in ipairs({ accountGrants, accountGrantsByUse, clientGrants }) do redis.call('ZREM', index, grantId) end
if not hasLivingGrant(accountGrants) then redis.call('DEL', accountGrants, accountGrantsByUse, upstream) end

if not hasLivingGrant(clientGrants) then
  redis.call('DEL', clientGrants)
  for _, session in ipairs(redis.pcall('SMEMBERS', sessionsOfClient)) do
    redis.call('DEL', sessionPrefix .. session)
    redis.pcall('HDEL', sessionsOfAccount, session)
  end
  redis.call('DEL', sessionsOfClient)
  if redis.call('EXISTS', sessionsOfAccount) == 0 then redis.pcall('SREM', sessionAccounts, accountId) end
end

return tokensLeft
