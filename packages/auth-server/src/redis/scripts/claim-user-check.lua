-- Records a check of the Forgejo user. Returns 1, or 0 when there is no record or the last check was less than
-- `everySec` ago.

if redis.call('EXISTS', record) == 0 then return 0 end
local checkedSec = tonumber(redis.call('HGET', record, 'checkedSec') or '0')
if tonumber(nowSec) - checkedSec < tonumber(everySec) then return 0 end
redis.call('HSET', record, 'checkedSec', nowSec)
return 1
