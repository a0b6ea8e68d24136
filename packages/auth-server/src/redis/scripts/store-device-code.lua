-- Stores a device code and the user code that belongs to it, and deletes those of both that were issued first beyond
-- `maxDeviceCodes`. Returns 1, or 0 with nothing stored when the user code is in use.

if not redis.call('SET', userCode, hash, 'EX', expiresInSec, 'NX') then return 0 end
redis.call('ZADD', userCodes, nowMs, userCode)
keepNewest(userCodes, maxDeviceCodes, expiresInSec)

redis.call('HSET', deviceCode, 'payload', payload)
redis.call('EXPIRE', deviceCode, keepSec)
redis.call('ZADD', deviceCodes, nowMs, deviceCode)
keepNewest(deviceCodes, maxDeviceCodes, keepSec)
return 1
