-- Whether a grant of the index is alive that rests on the Forgejo tokens of this application. Looks from the one that
-- expires last, so that with one application the first living grant decides.
local function hasLivingGrantOn(index, clientId)
  local rank = -1
  while true do
    local grantId = redis.call('ZRANGE', index, rank, rank)[1]
    if not grantId then return false end
    local stored = redis.call('GET', grantPrefix .. grantId)
    if not stored then redis.call('ZREM', index, grantId)
    elseif applicationOf(stored) == clientId then return true
    else rank = rank - 1 end
  end
end
