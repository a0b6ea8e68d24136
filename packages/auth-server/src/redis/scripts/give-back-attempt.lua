-- Reverts an attempt that count-attempt has counted.

if redis.call('EXISTS', attempts) == 1 then redis.call('DECR', attempts) end
