-- Releases a lock, unless another owner holds it by now.

if redis.call('GET', lock) ~= owner then return 0 end
return redis.call('DEL', lock)
