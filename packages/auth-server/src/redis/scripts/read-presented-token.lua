-- A code or refresh token with what a token request needs next, each false when there is none: {payload, rotatedAtMs,
-- Grant, and of the Forgejo tokens that the grant rests on: time of the last user check, time of their renewal}. For a code
-- nothing is checked.

local found = redis.call('HMGET', token, 'payload', 'rotatedAtMs', 'grant')
local grantJson = found[3] and redis.call('GET', grantPrefix .. found[3])
local times = { false, false }
if grantJson and kind == 'refresh' then
  local grant = cjson.decode(grantJson)
  local upstream = upstreamPrefix .. applicationIn(grant) .. ':' .. grant.accountId
  times = redis.call('HMGET', upstream, 'checkedSec', 'renewAt')
end
return { found[1], found[2], grantJson, times[1], times[2] }
