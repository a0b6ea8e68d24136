import type { AccountId } from "@fjmcp/shared/ids";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import type { UpstreamRecordStore } from "../upstream/vault/upstream-record-store.ts";
import { authKeys, prefixOf } from "./auth-keys.ts";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { defineScript, type Script } from "./lua-script.ts";

// A record is a Redis hash: `sealed`, beside it `gnt`, `cnt`, `iat` (not secret) for the comparison, `keepUntil`, at which
// it expires when a client has come for its tokens (see store-token), and `checked`.

/** Longer than a login without its client's token request can live. */
const unusedSec = 3600;

// An entry of the account's index may be of a grant that expired.
const hasLivingGrant = `
local function hasLivingGrant(account)
  for _, grant in ipairs(redis.call("HKEYS", account)) do
    if redis.call("EXISTS", "${prefixOf(redisKeys.grant)}" .. grant) == 1 then return true end
  end
  return false
end
`;

// KEYS record, account
const write = defineScript(`
${hasLivingGrant}
local old = redis.call("HMGET", KEYS[1], "gnt", "cnt", "iat")
local gnt, cnt, iat, sealed, keepUntil, unusedSec, replacing = unpack(ARGV)
if replacing and old[1] ~= replacing then return 0 end
if old[1] == gnt then
  local lead = tonumber(cnt) - tonumber(old[2])
  if lead < 0 or (lead == 0 and tonumber(iat) < tonumber(old[3])) then return 0 end
end
redis.call("HSET", KEYS[1], "sealed", sealed, "gnt", gnt, "cnt", cnt, "iat", iat, "keepUntil", keepUntil)
redis.call("EXPIREAT", KEYS[1], keepUntil)
if not replacing and not hasLivingGrant(KEYS[2]) then redis.call("EXPIRE", KEYS[1], unusedSec, "LT") end
return 1
`);

const amend = defineScript(`
if redis.call("HGET", KEYS[1], "sealed") ~= ARGV[1] then return 0 end
redis.call("HSET", KEYS[1], "sealed", ARGV[2])
return 1
`);

const remove = defineScript(`
if redis.call("HGET", KEYS[1], "sealed") ~= ARGV[1] then return 0 end
return redis.call("DEL", KEYS[1])
`);

// KEYS record, account
const removeUnused = defineScript(`
${hasLivingGrant}
if redis.call("HGET", KEYS[1], "sealed") ~= ARGV[1] then return 0 end
if hasLivingGrant(KEYS[2]) then return 0 end
return redis.call("DEL", KEYS[1])
`);

const claimUserCheck = defineScript(`
if redis.call("EXISTS", KEYS[1]) == 0 then return 0 end
local checked = tonumber(redis.call("HGET", KEYS[1], "checked") or "0")
if tonumber(ARGV[1]) - checked < tonumber(ARGV[2]) then return 0 end
redis.call("HSET", KEYS[1], "checked", ARGV[1])
return 1
`);

export function createUpstreamRecordStore(
  connection: RedisConnection,
  forgejoClientId: string,
): UpstreamRecordStore {
  async function holds(script: Script, account: AccountId, ...values: (string | number)[]): Promise<boolean> {
    const keys = [authKeys.upstream(forgejoClientId, account), authKeys.account(account)];
    return (await connection.run((redis) => script.run(redis, keys, values))) === 1;
  }

  return {
    async read(account) {
      const key = authKeys.upstream(forgejoClientId, account);
      return (await connection.run((redis) => redis.hget(key, "sealed"))) ?? undefined;
    },

    write(account, { ciphertext, order, keepUntilSec }, replacing) {
      const values = [order.gnt, order.cnt, order.iat, ciphertext, keepUntilSec, unusedSec];
      return holds(write, account, ...values, ...(replacing === undefined ? [] : [replacing]));
    },

    amend: (account, version, sealed) => holds(amend, account, version, sealed),

    remove: (account, version) => holds(remove, account, version),

    removeUnused: (account, version) => holds(removeUnused, account, version),

    claimUserCheck: (account, nowSec, everySec) => holds(claimUserCheck, account, nowSec, everySec),
  };
}
