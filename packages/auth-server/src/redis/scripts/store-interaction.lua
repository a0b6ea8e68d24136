-- Stores an interaction, and deletes those that were started first beyond `maxInteractions`. One that is stored again
-- keeps its place. Those that have expired leave the index first. One that is decided is never stored again: the first
-- decision counts. Returns 1, or 0 if it is decided. The phase stands before the payload, as `pending:` or `decided:`.

local before = redis.call('GET', interaction)
if before and string.sub(before, 1, 8) == 'decided:' then return 0 end

redis.call('SET', interaction, phase .. ':' .. payload, 'EX', expiresInSec)
redis.call('ZADD', interactions, 'NX', nowMs, interaction)
keepNewest(interactions, maxInteractions, expiresInSec)
return 1
