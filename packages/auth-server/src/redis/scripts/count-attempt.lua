-- Counts an attempt. Returns how many there were since the first one, `expiresInSec` ago at most.

local count = redis.call('INCR', attempts)
if count == 1 then redis.call('EXPIRE', attempts, expiresInSec) end
return count
