-- Whether a grant of the account is alive: an entry of the index may be of a grant that has expired.
local function hasLivingGrant()
  for _, grant in ipairs(redis.call('HKEYS', accountGrants)) do
    if redis.call('EXISTS', grantPrefix .. grant) == 1 then return true end
  end
  return false
end
