-- The client id of the Forgejo application on whose tokens a Grant rests. Grants of earlier versions do not name it: they
-- rest on the first one.
local function applicationIn(grant) return grant.forgejoClientId or firstForgejoClientId end

-- The same of a Grant in JSON.
local function applicationOf(grantJson) return applicationIn(cjson.decode(grantJson)) end
