-- Stores a client's document, and deletes those that were stored longest ago beyond `maxDocuments`. One that is stored
-- again counts as new. Those that have expired leave the index first.

local ttl = tonumber(expiresInSec)
redis.call('SET', document, text, 'EX', ttl)
redis.call('ZADD', documents, nowMs, document)
if redis.call('TTL', documents) < ttl then redis.call('EXPIRE', documents, ttl) end

removeExpiredKeys(documents)
deleteExcessKeys(documents, maxDocuments)
return 1
