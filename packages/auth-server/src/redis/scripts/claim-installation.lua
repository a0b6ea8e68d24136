-- Stores the installation and registers this auth-server, if the stored one and the other running auth-servers are still
-- those that the caller has seen. Returns 1, or 0 when one of them has changed.

redis.call('ZREMRANGEBYSCORE', authServers, '-inf', nowMs)
local others = redis.call('ZCARD', authServers) - (redis.call('ZSCORE', authServers, self) and 1 or 0)
if (redis.call('GET', installation) or '') ~= seen or (others > 0 and '1' or '0') ~= othersRun then return 0 end
redis.call('SET', installation, own, 'EX', keepSec)
redis.call('ZADD', authServers, expiresAtMs, self)
redis.call('PEXPIRE', authServers, leaseMs)
return 1
