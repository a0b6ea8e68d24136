-- Puts the names of tools, separated by spaces and the last called first, before those that a grant has; keeps the first
-- few that differ, as long as the grant. Returns 1, or 0 when the grant is not alive.

local ttl = redis.call('PTTL', grant)
if ttl <= 0 then return 0 end

local names = {}
for name in string.gmatch(tools, '%S+') do table.insert(names, 1, name) end
for _, name in ipairs(names) do
  redis.call('LREM', grantTools, 0, name)
  redis.call('LPUSH', grantTools, name)
end
redis.call('LTRIM', grantTools, 0, maxTools - 1)
redis.call('PEXPIRE', grantTools, ttl)
return 1
