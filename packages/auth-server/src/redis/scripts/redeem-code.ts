import { defineScript } from "../script.ts";

/**
 * KEYS code · ARGV nowMs, doubleSubmitMs. Answers {outcome, grant id}. The first caller wins; the winner's client
 * registration loses its expiry.
 */
export const redeemCodeScript = defineScript(`
local code, now, window = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local grant = redis.call('HGET', code, 'grant')
if not grant then return { 'gone' } end
if redis.call('HSETNX', code, 'redeemedAtMs', now) == 1 then
  redis.call('PERSIST', redis.call('HGET', code, 'client'))
  return { 'redeemed', grant }
end
local age = now - tonumber(redis.call('HGET', code, 'redeemedAtMs'))
if age < window then return { 'double_submit', grant } end
return { 'replay', grant }
`);
