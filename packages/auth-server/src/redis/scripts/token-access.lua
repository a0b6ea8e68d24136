-- What an access token allows: never more than its grant.

-- The words of `list` that are also in `others`; both are separated by spaces.
local function commonWords(list, others)
  local common = {}
  for word in string.gmatch(list, '%S+') do
    if string.find(' ' .. others .. ' ', ' ' .. word .. ' ', 1, true) then common[#common + 1] = word end
  end
  return table.concat(common, ' ')
end

-- The record of an access token (JSON) with the access of its Grant (JSON). A refresh may have asked for less.
local function withAccessOf(grantJson, recordJson)
  local access, record = cjson.decode(grantJson), cjson.decode(recordJson)
  record.scope = commonWords(record.scope, access.scope)
  record.toolsets = access.toolsets
  record.requestedScope = record.requestedScope or access.requestedScope
  return cjson.encode(record)
end
