-- Deletes a key that was claimed, unless it has another owner by now.

if redis.call('GET', key) ~= owner then return 0 end
return redis.call('DEL', key)
