-- Stores an interaction, and deletes those that were started first beyond `maxInteractions`. One that is stored again
-- keeps its place. Those that have expired leave the index first. One that is decided is never stored again: the first
-- decision counts. Returns 1, for the same record again too; or 0 if it is decided. The phase stands before the payload, as
-- `pending:` or `decided:`.

local before, record = redis.call('GET', interaction), phase .. ':' .. payload
if before and string.sub(before, 1, 8) == 'decided:' then return before == record and 1 or 0 end

redis.call('SET', interaction, record, 'EX', expiresInSec)
redis.call('ZADD', interactions, 'NX', nowMs, interaction)
keepNewest(interactions, maxInteractions, expiresInSec)
return 1
