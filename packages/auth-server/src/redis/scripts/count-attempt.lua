-- Counts an attempt. Returns how many there were since the first one, `expiresInSec` ago at most. Beyond `maxBrowsers`, the
-- counts of those that began first are deleted.

local count = redis.call('INCR', attempts)
if redis.call('TTL', attempts) < 0 then
  redis.call('EXPIRE', attempts, expiresInSec)
  redis.call('ZADD', browsers, nowMs, attempts)
  keepNewest(browsers, maxBrowsers, expiresInSec)
end
return count
