-- Sets the user's own name for a grant, or removes it with ''. Returns 1, or 0 when the grant is not alive.

local stored = redis.call('GET', grant)
if not stored then return 0 end
local record = cjson.decode(stored)
record.label = label ~= '' and label or nil
redis.call('SET', grant, cjson.encode(record), 'KEEPTTL')
return 1
