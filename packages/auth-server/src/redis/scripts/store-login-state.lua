-- Stores the state of a login, unless there is one, and deletes those that were started first beyond `maxStates`.

if not redis.call('SET', state, binding, 'EX', expiresInSec, 'NX') then return 0 end
redis.call('ZADD', states, nowMs, state)
keepNewest(states, maxStates, expiresInSec)
return 1
