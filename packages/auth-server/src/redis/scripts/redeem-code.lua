-- Redeems an authorization code. Returns {outcome, grant id}. The first caller wins.
--
-- A redemption may break off before its tokens are stored: Redis fails in between, or the process is killed. No client
-- holds tokens of it then, and a retry after the window is no theft but the client's own: it redeems the code again.
-- Still at most one request ever responds with tokens, however slow or skewed the processes are, and without any of
-- them knowing whether another one is still running:
-- - `redeemedAtMs` says which redemption owns the code. A new one differs from the one before by the window at least,
--   and issue-tokens stores nothing for a redemption that no longer owns the code;
-- - `completed` is written in the step that stores the tokens of a response, before that is sent. From
--   then on every attempt fails: as a double submit or, after the window, as a replay.
-- So either the slow redemption stores its tokens first, and the retry is a replay, or the retry comes first, and
-- the slow one gets `invalid_grant`. The code outlives its redemption by the window, so that `redeemedAtMs` can be
-- compared; oidc-provider rejects an expired code before it calls this script.

local grant = redis.call('HGET', code, 'grant')
if not grant then return { 'unknown' } end
local redeemed = redis.call('HGET', code, 'redeemedAtMs')
if redeemed then
  if tonumber(nowMs) - tonumber(redeemed) < tonumber(doubleSubmitMs) then return { 'double_submit', grant } end
  if redis.call('HEXISTS', code, 'completed') == 1 then return { 'replay', grant } end
end
redis.call('HSET', code, 'redeemedAtMs', nowMs)
if redis.call('PTTL', code) < tonumber(doubleSubmitMs) then redis.call('PEXPIRE', code, doubleSubmitMs) end
return { 'redeemed', grant }
