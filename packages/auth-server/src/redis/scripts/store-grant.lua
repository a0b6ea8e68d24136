-- Stores a grant and its entry in the account's index. Returns 1, or 0 when the account has no vault record: that was
-- deleted with the account's last grant while this login was in flight.

if redis.call('EXISTS', upstream) == 0 then return 0 end
redis.call('SET', grant, payload, 'EX', expiresInSec)
redis.call('HSET', accountGrants, grantId, clientId)
if redis.call('TTL', accountGrants) < tonumber(expiresInSec) then redis.call('EXPIRE', accountGrants, expiresInSec) end
return 1
