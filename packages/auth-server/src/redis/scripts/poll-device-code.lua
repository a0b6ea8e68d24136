-- Records a poll of a device code. Returns 'pending', or 'too_fast' when the poll before is less than `intervalMs` ago.

if redis.call('EXISTS', deviceCode) == 0 then return 'pending' end
local before = redis.call('HGET', deviceCode, 'polledAtMs')
redis.call('HSET', deviceCode, 'polledAtMs', nowMs)
local isEarly = before and tonumber(nowMs) - tonumber(before) < tonumber(intervalMs)
return isEarly and 'too_fast' or 'pending'
