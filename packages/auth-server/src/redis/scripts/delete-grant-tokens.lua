-- Deletes the token records of a grant: all its access tokens, and a bounded number of the codes and refresh tokens,
-- those that live longest first. So the first step deletes all that is usable: rotated refresh tokens, of which there
-- may be many, live shorter than the others. Returns how many are left.
local function deleteGrantTokens()
  for _, entry in ipairs(redis.call('LRANGE', accessTokens, 0, -1)) do
    redis.call('DEL', string.match(entry, '^%S+'))
  end
  redis.call('DEL', accessTokens)
  local popped = redis.call('ZPOPMAX', grantTokens, maxTokensPerStep)
  for i = 1, #popped, 2 do redis.call('DEL', popped[i]) end
  return redis.call('ZCARD', grantTokens)
end
