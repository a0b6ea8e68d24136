-- Deletes a vault record. Returns 1, or 0 when `version` is not what is stored.

if redis.call('HGET', record, 'ciphertext') ~= version then return 0 end
return redis.call('DEL', record)
