import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import { authKeys, prefixOf } from "../auth-keys.ts";
import { defineScript } from "../lua-script.ts";

/**
 * KEYS grant, grant-tokens, ended · ARGV grant id, tombstone's life in seconds, prefix of the vault's keys. Answers
 * {account id, client id}, or nil when the grant is not alive. The account's other keys are named by what the grant
 * holds, so this runs on one Redis, not on a cluster. Index entries of grants that expired unused are dropped on the
 * way. The sessions come last and may fail alone: the session-daemon writes those keys, and must not be able to keep a
 * grant's end from finishing.
 */
export const endGrantScript = defineScript(`
local record = redis.call('GET', KEYS[1])
if not record then return nil end
local grant = cjson.decode(record)

redis.call('SET', KEYS[3], '1', 'EX', ARGV[2])
for _, token in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do redis.call('DEL', token) end
redis.call('DEL', KEYS[1], KEYS[2])

local account = '${prefixOf(authKeys.accountGrants)}' .. grant.accountId
redis.call('HDEL', account, ARGV[1])
local clientLives, accountLives = false, false
local others = redis.call('HGETALL', account)
for i = 1, #others, 2 do
  if redis.call('EXISTS', '${prefixOf(redisKeys.grant)}' .. others[i]) == 0 then
    redis.call('HDEL', account, others[i])
  else
    accountLives = true
    clientLives = clientLives or others[i + 1] == grant.clientId
  end
end

if not accountLives then redis.call('DEL', account, ARGV[3] .. grant.accountId) end

if not clientLives then
  local sessions = '${prefixOf(redisKeys.sessionsOfAccount)}' .. grant.accountId
  local ofAccount = redis.pcall('HGETALL', sessions)
  for i = 1, #ofAccount, 2 do
    if ofAccount[i + 1] == grant.clientId then
      redis.call('DEL', '${prefixOf(redisKeys.session)}' .. ofAccount[i])
      redis.call('HDEL', sessions, ofAccount[i])
    end
  end
  if redis.call('EXISTS', sessions) == 0 then redis.pcall('SREM', '${redisKeys.sessionAccounts}', grant.accountId) end
end

return { grant.accountId, grant.clientId }
`);
