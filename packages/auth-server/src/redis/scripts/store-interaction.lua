-- Stores an interaction, and deletes those that were started first beyond `maxInteractions`. One that is stored again
-- keeps its place. Those that have expired leave the index first. One that is decided is never stored again: the first
-- decision counts. Returns 1, or 0 if it is decided. The phase stands before the payload, as `pending:` or `decided:`.

local before = redis.call('GET', interaction)
if before and string.sub(before, 1, 8) == 'decided:' then return 0 end

local ttl = tonumber(expiresInSec)
redis.call('SET', interaction, phase .. ':' .. payload, 'EX', ttl)
redis.call('ZADD', interactions, 'NX', nowMs, interaction)
if redis.call('TTL', interactions) < ttl then redis.call('EXPIRE', interactions, ttl) end

removeExpiredKeys(interactions)
deleteExcessKeys(interactions, maxInteractions)
return 1
