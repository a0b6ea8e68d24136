-- Indexes of keys that expire: sorted sets of the keys themselves.

-- Removes the keys that have expired from the start of the index, up to the first that has not.
local function removeExpiredKeys(index)
  while true do
    local first = redis.call('ZRANGE', index, 0, 0)[1]
    if not first or redis.call('EXISTS', first) == 1 then return end
    redis.call('ZREM', index, first)
  end
end

-- Deletes the first keys of the index, and their entries, beyond `max`.
local function deleteExcessKeys(index, max)
  local excess = redis.call('ZCARD', index) - tonumber(max)
  if excess <= 0 then return end
  local first = redis.call('ZPOPMIN', index, excess)
  for i = 1, #first, 2 do redis.call('DEL', first[i]) end
end

-- To be called for each key that is added, which lives for `ttl` seconds: bounds the index and its keys.
local function keepNewest(index, max, ttl)
  if redis.call('TTL', index) < tonumber(ttl) then redis.call('EXPIRE', index, ttl) end
  removeExpiredKeys(index)
  deleteExcessKeys(index, max)
end
