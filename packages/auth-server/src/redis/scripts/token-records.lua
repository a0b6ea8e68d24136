-- The records of tokens, and what lives at least as long: their grant and the indexes.

-- Of access tokens only the newest of each source and of the grant live: a repeated rotation is never rejected, and must
-- not be able to fill the store. The record gets the scope and the toolsets of its grant in this step, so that none can
-- miss a grant that is narrowed meanwhile. The list tells sources apart by 64 bits of their hashes.
local function storeAccessToken(token, payload, expiresInSec, grantJson)
  local ownSource = string.sub(source, -16)
  redis.call('SET', token, withAccessOf(grantJson, payload), 'EX', expiresInSec)
  redis.call('LPUSH', accessTokens, token .. ' ' .. ownSource)
  local ofGrant, ofSource = 0, 0
  for _, entry in ipairs(redis.call('LRANGE', accessTokens, 0, -1)) do
    local isOfSource = source ~= '' and string.sub(entry, -17) == ' ' .. ownSource
    if ofGrant == tonumber(maxAccessTokensPerGrant) or isOfSource and ofSource == tonumber(maxAccessTokensPerSource) then
      redis.call('DEL', string.match(entry, '^%S+'))
      redis.call('LREM', accessTokens, -1, entry)
    else
      ofGrant = ofGrant + 1
      if isOfSource then ofSource = ofSource + 1 end
    end
  end
end

-- Codes and refresh tokens are created only, never overwritten: a refresh token that is derived again must keep the
-- moment of its own rotation.
local function createToken(token, payload, expiresInSec)
  if redis.call('HSETNX', token, 'payload', payload) == 1 then
    redis.call('HSET', token, 'grant', grantId)
    redis.call('EXPIRE', token, expiresInSec)
  end
  redis.call('ZADD', grantTokens, redis.call('EXPIRETIME', token), token)
end

-- Its successor is stored: from now on it serves only for repeats in the grace, and to detect a replay.
local function keepRotated()
  redis.call('EXPIRE', source, rotatedTokenSec, 'LT')
  redis.call('ZADD', grantTokens, 'XX', redis.call('EXPIRETIME', source), source)
end

-- The first to expire go first: rotated ones, the oldest first. Their replay is rejected, and no longer revokes the grant.
local function limitTokens()
  removeExpiredKeys(grantTokens)
  deleteExcessKeys(grantTokens, maxRefreshTokensPerGrant)
end

local function expireNoEarlier(ttl, ...)
  for _, key in ipairs({ ... }) do
    if redis.call('TTL', key) < ttl then redis.call('EXPIRE', key, ttl) end
  end
end

-- The grant and its indexes live as long as its tokens. One that a client has claimed tokens of is in use; a personal token
-- (score 0) is not before its first request.
local function extendGrant(ttl, isClaimed)
  expireNoEarlier(ttl, grant)
  local expiry = redis.call('EXPIRETIME', grant)
  redis.call('ZADD', accountGrants, expiry, grantId)
  local isPersonalToken = redis.call('ZSCORE', accountPersonalTokens, grantId)
  if isClaimed then redis.call('ZADD', accountGrantsByUse, 'GT', isPersonalToken and 0 or nowMs, grantId) end
  if isPersonalToken then
    redis.call('ZADD', accountPersonalTokens, expiry, grantId)
    expireNoEarlier(ttl, accountPersonalTokens)
  end
  expireNoEarlier(ttl, grantTokens, accessTokens, accountGrants, accountGrantsByUse)
end

-- The Forgejo tokens that the login has stored are kept from now on.
local function keepUpstream(grantJson)
  local upstream = upstreamPrefix .. applicationOf(grantJson) .. ':' .. accountId
  local keepUntil = redis.call('HGET', upstream, 'keepUntil')
  if keepUntil then redis.call('EXPIREAT', upstream, keepUntil) end
end
