-- Writes a vault record. Returns 1, or 0 when the stored one is newer. With `mustReplace` '1' only a record of the
-- Forgejo grant `replacing` is overwritten, and none is created.

local old = redis.call('HMGET', record, 'gnt', 'cnt', 'iat')
if mustReplace == '1' and old[1] ~= replacing then return 0 end
if old[1] == gnt then
  local lead = tonumber(cnt) - tonumber(old[2])
  if lead < 0 or (lead == 0 and tonumber(iat) < tonumber(old[3])) then return 0 end
end
redis.call('HSET', record, 'ciphertext', ciphertext, 'gnt', gnt, 'cnt', cnt, 'iat', iat, 'renewAt', renewAt,
  'keepUntil', keepUntil)
redis.call('EXPIREAT', record, keepUntil)
if not hasLivingGrantOn(accountGrants, forgejoClientId) then redis.call('EXPIRE', record, unclaimedSec, 'LT') end
return 1
