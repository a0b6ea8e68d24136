import { defineScript } from "../lua-script.ts";

/**
 * KEYS token · ARGV nowMs, graceMs, lostAfterMs. Answers {outcome, grant id}. The moment of the first rotation is written
 * once; only one that was not answered within `lostAfterMs` begins anew: the request broke off before all its tokens were
 * stored, so that nobody holds the successor and the token is still the client's own. Until then nobody knows: `pending`.
 */
export const rotateRefreshTokenScript = defineScript(`
local token, now, grace, lostAfter = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local grant = redis.call('HGET', token, 'grant')
if not grant then return { 'gone' } end
if redis.call('HSETNX', token, 'rotatedAtMs', now) == 1 then return { 'rotated', grant } end
local age = math.max(0, now - tonumber(redis.call('HGET', token, 'rotatedAtMs')))
if age < grace then return { 'rotated', grant } end
if redis.call('HEXISTS', token, 'answered') == 1 then return { 'replay', grant } end
if age < lostAfter then return { 'pending', grant } end
redis.call('HSET', token, 'rotatedAtMs', now)
return { 'rotated', grant }
`);
