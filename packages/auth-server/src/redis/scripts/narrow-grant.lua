-- Narrows what a grant allows to `scope` and `toolsets`, both separated by spaces, and all its access tokens with it. It
-- never widens: what the grant lacks is ignored. Returns 1; or, with nothing changed, 0 when the grant is not alive and -1
-- when nothing would be left. Codes and refresh tokens need no change: their tokens get the access of the grant.

local stored = redis.call('GET', grant)
if not stored then return 0 end

local access = cjson.decode(stored)
access.scope = commonWords(access.scope, scope)
local kept = {}
for _, toolset in ipairs(access.toolsets) do
  if commonWords(toolset, toolsets) ~= '' then kept[#kept + 1] = toolset end
end
if access.scope == '' or #kept == 0 then return -1 end
access.toolsets = kept
-- Where oidc-provider reads the scope.
for resource in pairs(access.resources) do access.resources[resource] = access.scope end
access.openid.scope = access.scope

local narrowed = cjson.encode(access)
redis.call('SET', grant, narrowed, 'KEEPTTL')
for _, entry in ipairs(redis.call('LRANGE', accessTokens, 0, -1)) do
  local token = string.match(entry, '^%S+')
  local record = redis.call('GET', token)
  if record then redis.call('SET', token, withAccessOf(narrowed, record), 'KEEPTTL') end
end
return 1
