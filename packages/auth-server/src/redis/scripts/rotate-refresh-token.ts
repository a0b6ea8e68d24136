import { defineScript } from "../script.ts";

/** KEYS token · ARGV nowMs, graceMs. Answers {outcome, grant id}. The moment of the first rotation is written once. */
export const rotateRefreshTokenScript = defineScript(`
local token, now, grace = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local grant = redis.call('HGET', token, 'grant')
if not grant then return { 'gone' } end
if redis.call('HSETNX', token, 'rotatedAtMs', now) == 1 then return { 'rotated', grant } end
local age = math.max(0, now - tonumber(redis.call('HGET', token, 'rotatedAtMs')))
if age < grace then return { 'rotated', grant } end
return { 'replay', grant }
`);
