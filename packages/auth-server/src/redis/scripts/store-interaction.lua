-- Stores an interaction, and deletes those that were started first beyond `maxInteractions`. One that is stored again
-- keeps its place. Those that have expired leave the index first.

local ttl = tonumber(expiresInSec)
redis.call('SET', interaction, payload, 'EX', ttl)
redis.call('ZADD', interactions, 'NX', nowMs, interaction)
if redis.call('TTL', interactions) < ttl then redis.call('EXPIRE', interactions, ttl) end

removeExpiredKeys(interactions)
deleteExcessKeys(interactions, maxInteractions)
return 1
