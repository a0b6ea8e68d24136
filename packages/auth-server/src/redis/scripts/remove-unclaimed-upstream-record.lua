-- Deletes a vault record that no living grant rests on. Returns 1, or 0 when there is such a grant or `version` is not
-- what is stored.

if redis.call('HGET', record, 'ciphertext') ~= version then return 0 end
if hasLivingGrantOn(accountGrants, forgejoClientId) then return 0 end
return redis.call('DEL', record)
