-- Stores a device code and the user code that belongs to it, and deletes the device codes that were issued first beyond
-- `maxDeviceCodes`. Returns 1, or 0 with nothing stored when the user code is in use.

if not redis.call('SET', userCode, hash, 'EX', expiresInSec, 'NX') then return 0 end
local ttl = tonumber(keepSec)
redis.call('HSET', deviceCode, 'payload', payload)
redis.call('EXPIRE', deviceCode, ttl)
redis.call('ZADD', deviceCodes, nowMs, deviceCode)
if redis.call('TTL', deviceCodes) < ttl then redis.call('EXPIRE', deviceCodes, ttl) end

removeExpiredKeys(deviceCodes)
deleteExcessKeys(deviceCodes, maxDeviceCodes)
return 1
