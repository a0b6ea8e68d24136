-- Stores a token record. Returns 1, or 0 when the grant is not alive or another redemption owns the code by now (see
-- redeem-code). `source` is the code or refresh token that this one is issued for, and `redeemedAtMs` the moment of the
-- code's redemption; each is '' when there is none. `completesResponse` is '1' with the last token of a response.
-- Codes and refresh tokens are created only, never overwritten: a refresh token that is derived again must keep the
-- moment of its own rotation. Of access tokens only the newest of each source and of the grant live: a repeated
-- rotation is never rejected, and must not be able to fill the store. For the same reason a grant has a limited number of
-- codes and refresh tokens. The record of an access token gets the scope and the toolsets of its grant in this step, so
-- that none can miss a grant that is narrowed meanwhile.

if redis.call('EXISTS', revokedGrant) == 1 or redis.call('EXISTS', grant) == 0 then return 0 end
if redeemedAtMs ~= '' and redis.call('HGET', source, 'redeemedAtMs') ~= redeemedAtMs then return 0 end

local ttl = tonumber(expiresInSec)
if kind == 'access' then
  redis.call('SET', token, withAccessOf(redis.call('GET', grant), payload), 'EX', ttl)
  redis.call('LPUSH', accessTokens, token .. ' ' .. source)
  local ofGrant, ofSource = 0, 0
  for _, entry in ipairs(redis.call('LRANGE', accessTokens, 0, -1)) do
    local older, olderSource = string.match(entry, '^(%S+) (%S*)$')
    local isOfSource = source ~= '' and olderSource == source
    if ofGrant == tonumber(maxAccessTokensPerGrant) or isOfSource and ofSource == tonumber(maxAccessTokensPerSource) then
      redis.call('DEL', older)
      redis.call('LREM', accessTokens, -1, entry)
    else
      ofGrant = ofGrant + 1
      if isOfSource then ofSource = ofSource + 1 end
    end
  end
else
  if redis.call('HSETNX', token, 'payload', payload) == 1 then
    redis.call('HSET', token, 'grant', grantId)
    redis.call('EXPIRE', token, ttl)
  end
  redis.call('ZADD', grantTokens, redis.call('EXPIRETIME', token), token)
end

-- A client may hold the response once it is complete: from then on a rotated refresh token serves only for repeats in
-- the grace and to detect a replay.
if completesResponse == '1' and redis.call('EXISTS', source) == 1 then
  redis.call('HSET', source, 'completed', 1)
  redis.call('EXPIRE', source, rotatedTokenSec, 'LT')
  redis.call('ZADD', grantTokens, 'XX', redis.call('EXPIRETIME', source), source)
end
removeExpiredKeys(grantTokens)

-- The first to expire: rotated ones, the oldest first. Their replay is rejected, and no longer revokes the grant.
deleteExcessKeys(grantTokens, maxRefreshTokensPerGrant)

if redis.call('TTL', grant) < ttl then redis.call('EXPIRE', grant, ttl) end
redis.call('ZADD', accountGrants, redis.call('EXPIRETIME', grant), grantId)
local isPersonalToken = redis.call('ZSCORE', accountPersonalTokens, grantId)
-- A client uses what it gets; a personal token (score 0) is not used before its first request.
if kind ~= 'code' then redis.call('ZADD', accountGrantsByUse, 'GT', isPersonalToken and 0 or nowMs, grantId) end
if isPersonalToken then
  redis.call('ZADD', accountPersonalTokens, redis.call('EXPIRETIME', grant), grantId)
  if redis.call('TTL', accountPersonalTokens) < ttl then redis.call('EXPIRE', accountPersonalTokens, ttl) end
end
for _, key in ipairs({ grantTokens, accessTokens, accountGrants, accountGrantsByUse }) do
  if redis.call('TTL', key) < ttl then redis.call('EXPIRE', key, ttl) end
end
-- A client has claimed what the login stored.
if kind ~= 'code' then
  local upstream = upstreamPrefix .. applicationOf(redis.call('GET', grant)) .. ':' .. accountId
  local keepUntil = redis.call('HGET', upstream, 'keepUntil')
  if keepUntil then redis.call('EXPIREAT', upstream, keepUntil) end
end
return 1
