-- Stores a code, or all tokens of one response. Returns `issued`; or, with nothing stored, `rejected` when the grant is not
-- alive or what was presented is unknown or of another grant; `double_submit` when the presented code was redeemed before,
-- and `replay` when that was earlier than `doubleSubmitMs` ago, or a refresh token was rotated and its grace is over.
--
-- `access` and `created`, a code or a refresh token, are '' for none; `source` is the code or refresh token that was
-- presented, or ''. A code is redeemed in this step, by the first caller, and a refresh token is rotated: either has its
-- tokens then. So no request that broke off before looks like a replay, whatever failed or was killed.

local grantJson = redis.call('GET', grant)
if not grantJson or redis.call('EXISTS', revokedGrant) == 1 then return 'rejected' end

-- The reply to this very request was lost: no other one knows the token.
if access ~= '' and redis.call('EXISTS', access) == 1 then return 'issued' end

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
elseif source ~= '' then
  local state = redis.call('HMGET', source, 'grant', 'redeemedAtMs')
  if state[1] ~= grantId then return 'rejected' end
  if state[2] then
    return tonumber(nowMs) - tonumber(state[2]) < tonumber(doubleSubmitMs) and 'double_submit' or 'replay'
  end
  redis.call('HSET', source, 'redeemedAtMs', nowMs)
  if redis.call('PTTL', source) < tonumber(doubleSubmitMs) then redis.call('PEXPIRE', source, doubleSubmitMs) end
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
if sourceKind == 'refresh' then keepRotated() end
limitTokens()
local isClaimed = createdKind ~= 'code'
extendGrant(ttl, isClaimed)
-- That of a refresh has been claimed with the code.
if isClaimed and sourceKind ~= 'refresh' then keepUpstream(grantJson) end
return 'issued'
