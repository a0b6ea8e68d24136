-- Stores a client's document, and deletes those that were stored longest ago beyond `maxDocuments`. One that is stored
-- again counts as new. Those that have expired leave the index first.

redis.call('SET', document, text, 'EX', expiresInSec)
redis.call('ZADD', documents, nowMs, document)
keepNewest(documents, maxDocuments, expiresInSec)
return 1
