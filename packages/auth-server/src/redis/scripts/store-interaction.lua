-- Stores an interaction, and deletes those that were started first beyond `maxInteractions`. One that is stored again
-- keeps its place. Those that have expired leave the index first.

local ttl = tonumber(expiresInSec)
redis.call('SET', interaction, payload, 'EX', ttl)
redis.call('ZADD', interactions, 'NX', nowMs, interaction)
if redis.call('TTL', interactions) < ttl then redis.call('EXPIRE', interactions, ttl) end

local first = redis.call('ZRANGE', interactions, 0, 0)[1]
while first and redis.call('EXISTS', first) == 0 do
  redis.call('ZREM', interactions, first)
  first = redis.call('ZRANGE', interactions, 0, 0)[1]
end
local excess = redis.call('ZCARD', interactions) - tonumber(maxInteractions)
if excess > 0 then
  local oldest = redis.call('ZPOPMIN', interactions, excess)
  for i = 1, #oldest, 2 do redis.call('DEL', oldest[i]) end
end
return 1
