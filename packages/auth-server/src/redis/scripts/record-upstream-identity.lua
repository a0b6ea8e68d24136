-- Records the Forgejo URL and the vault identity, unless different ones are stored. Returns {url, vault identity}: each
-- '' when it matches, else as it is stored; then nothing is written.

local storedUrl, storedVault = unpack(redis.call('MGET', forgejoUrl, vaultIdentity))
local sameUrl = not storedUrl or storedUrl == url or storedUrl == previousUrl
local sameVault = not storedVault or storedVault == vault or storedVault == vaultDiscard
if not (sameUrl and sameVault) then return { sameUrl and '' or storedUrl, sameVault and '' or storedVault } end
redis.call('SET', forgejoUrl, url, 'EX', keepSec)
redis.call('SET', vaultIdentity, vault, 'EX', keepSec)
return { '', '' }
