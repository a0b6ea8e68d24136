import { defineScript } from "../lua-script.ts";

/**
 * KEYS code · ARGV nowMs, doubleSubmitMs. Answers {outcome, grant id}. The first caller wins; the winner's client
 * registration loses its expiry.
 *
 * A redemption may break off before its tokens are stored: Redis goes away in between, or the process is killed. Nobody
 * holds tokens of it then, and a retry after the window is no theft but the client's own: it redeems the code anew. Still
 * at most one request is ever answered with tokens, however slow or skewed the processes are, and without any of them
 * knowing whether another one is still running:
 * - the moment of the redemption says whose the code is. A new one differs from the one before by the window at least,
 *   and store-token stores nothing for a redemption that is not the code's own any more;
 * - `answered` is written with the last token of an answer, in the step that stores it, and before the answer is sent.
 *   From then on nobody is let in: whoever comes is a double submit or, after the window, a replay.
 * So either the slow one stores its last token first, and the retry is a replay, or the retry comes first, and the slow
 * one gets `invalid_grant`. The code outlives its redemption by the window, so that the moment can be compared; an expired
 * one is refused all the same, before this script is asked.
 */
export const redeemCodeScript = defineScript(`
local code, now, window = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local grant = redis.call('HGET', code, 'grant')
if not grant then return { 'gone' } end
local redeemed = redis.call('HGET', code, 'redeemedAtMs')
if redeemed then
  if now - tonumber(redeemed) < window then return { 'double_submit', grant } end
  if redis.call('HEXISTS', code, 'answered') == 1 then return { 'replay', grant } end
end
redis.call('HSET', code, 'redeemedAtMs', ARGV[1])
if redis.call('PTTL', code) < window then redis.call('PEXPIRE', code, ARGV[2]) end
redis.call('PERSIST', redis.call('HGET', code, 'client'))
return { 'redeemed', grant }
`);
