-- Stores a code, or all tokens of one response. Returns `issued`; or, with nothing stored, `replay` when the presented refresh
-- token was rotated before and its grace is over, and `rejected` when the grant is not alive, the refresh token is unknown or
-- of another grant, or another redemption owns the code by now (see redeem-code).
--
-- `access` and `created`, a code or a refresh token, are '' for none; `source` is the code or refresh token that was
-- presented, or ''. A refresh token is rotated in this step, so that one that is rotated always has its successor: no
-- request that broke off looks like a replay. `redeemedAtMs` is the moment of a code's redemption.

local grantJson = redis.call('GET', grant)
if not grantJson or redis.call('EXISTS', revokedGrant) == 1 then return 'rejected' end

-- The reply to this very request was lost: no other one knows the token.
if source ~= '' and access ~= '' and redis.call('EXISTS', access) == 1 then return 'issued' end

if sourceKind == 'refresh' then
  local state = redis.call('HMGET', source, 'grant', 'rotatedAtMs')
  if state[1] ~= grantId then return 'rejected' end
  -- The moment of the first rotation is kept, so that repeats do not extend the grace.
  if not state[2] then
    redis.call('HSET', source, 'rotatedAtMs', nowMs)
    -- The grace may begin in the last second of the token.
    if redis.call('PTTL', source) < tonumber(graceMs) then redis.call('PEXPIRE', source, graceMs) end
  elseif math.max(0, tonumber(nowMs) - tonumber(state[2])) >= tonumber(graceMs) then
    return 'replay'
  end
elseif source ~= '' and redis.call('HGET', source, 'redeemedAtMs') ~= redeemedAtMs then
  return 'rejected'
end

local ttl = 0
if access ~= '' then
  ttl = tonumber(accessSec)
  storeAccessToken(access, accessPayload, accessSec, grantJson)
end
if created ~= '' then
  ttl = math.max(ttl, tonumber(createdSec))
  createToken(created, createdPayload, createdSec)
end
if sourceKind == 'refresh' then
  keepRotated()
elseif source ~= '' then
  redis.call('HSET', source, 'completed', 1)
end
limitTokens()
local isClaimed = createdKind ~= 'code'
extendGrant(ttl, isClaimed)
-- That of a refresh has been claimed with the code.
if isClaimed and sourceKind ~= 'refresh' then keepUpstream(grantJson) end
return 'issued'
