-- The client id of the Forgejo application on whose tokens a Grant (JSON) rests. Grants of earlier versions do not name
-- it: they rest on the first one.
local function applicationOf(grantJson) return cjson.decode(grantJson).forgejoClientId or firstForgejoClientId end
