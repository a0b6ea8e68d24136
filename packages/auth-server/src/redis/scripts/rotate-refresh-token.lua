-- Rotates a refresh token. Returns {outcome, grant id}. `rotatedAtMs` is written once; it is written again only when
-- the rotation was not completed within `lostAfterMs`: that request broke off before all its tokens were stored, so no
-- client holds the successor, and the token is still the client's own. Until then the outcome is open: `pending`. The
-- record outlives the grace, which may begin in the last second of the token.

local grant = redis.call('HGET', token, 'grant')
if not grant then return { 'unknown' } end
if redis.call('HSETNX', token, 'rotatedAtMs', nowMs) == 1 then
  if redis.call('PTTL', token) < tonumber(graceMs) then redis.call('PEXPIRE', token, graceMs) end
  return { 'rotated', grant }
end
local ageMs = math.max(0, tonumber(nowMs) - tonumber(redis.call('HGET', token, 'rotatedAtMs')))
if ageMs < tonumber(graceMs) then return { 'rotated', grant } end
if redis.call('HEXISTS', token, 'completed') == 1 then return { 'replay', grant } end
if ageMs < tonumber(lostAfterMs) then return { 'pending', grant } end
redis.call('HSET', token, 'rotatedAtMs', nowMs)
return { 'rotated', grant }
