-- Indexes of grants: sorted sets, scored by the moment at which each grant expires. Entries outlive their grants; both
-- functions visit such an entry once and remove it.

local function isAlive(grantId) return redis.call('EXISTS', grantPrefix .. grantId) == 1 end

-- Whether a grant of the index is alive: the one that expires last.
local function hasLivingGrant(index)
  while true do
    local last = redis.call('ZRANGE', index, -1, -1)[1]
    if not last or isAlive(last) then return last ~= nil end
    redis.call('ZREM', index, last)
  end
end

-- Removes the entries of expired grants from the index, and from `others`.
local function removeExpiredGrants(index, ...)
  while true do
    local first = redis.call('ZRANGE', index, 0, 0)[1]
    if not first or isAlive(first) then return end
    redis.call('ZREM', index, first)
    for _, other in ipairs({ ... }) do redis.call('ZREM', other, first) end
  end
end
