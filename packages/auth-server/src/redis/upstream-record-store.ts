import type { AccountId } from "@fjmcp/shared/ids";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import type { UpstreamRecordStore } from "../upstream/vault/upstream-record-store.ts";
import { authKeys, prefixOf } from "./auth-keys.ts";
import { defineScript, type LuaScript, readLua } from "./lua-script.ts";
import { runRepeatable } from "./run-repeatable.ts";

// A record is a Redis hash: `ciphertext`; `gnt`, `cnt` and `iat` (not secret) for the comparison; `keepUntil`, at which it
// expires once a client has claimed its tokens (see issue-tokens.lua); `checkedSec`, the time of the last user check;
// `renewAt`, half the life of its access token.

/** Longer than a login whose client requests no tokens can live. */
const unclaimedSec = 3600;

/** The record, and the index of the account's grants. */
const keys = ["record", "accountGrants"] as const;
const constants = { grantPrefix: prefixOf(redisKeys.grant) };
/** The arguments of scripts that look at the grants that rest on the record. */
const applicationArgs = ["forgejoClientId", "firstForgejoClientId"] as const;
const grantsOfApplication = readLua("grant-application") + readLua("grants-of-application");

const writeRecord = defineScript(grantsOfApplication + readLua("write-upstream-record"), {
  keys,
  args: [
    ...applicationArgs,
    "gnt",
    "cnt",
    "iat",
    "ciphertext",
    "renewAt",
    "keepUntil",
    "unclaimedSec",
    "mustReplace",
    "replacing",
  ],
  constants,
});
const amendRecord = defineScript(readLua("amend-upstream-record"), { keys, args: ["version", "ciphertext"] });
const removeRecord = defineScript(readLua("remove-upstream-record"), { keys, args: ["version"] });
const removeUnclaimedRecord = defineScript(
  grantsOfApplication + readLua("remove-unclaimed-upstream-record"),
  {
    keys,
    args: [...applicationArgs, "version"],
    constants,
  },
);
const claimUserCheck = defineScript(readLua("claim-user-check"), { keys, args: ["nowSec", "everySec"] });

/** `firstForgejoClientId`: the application of grants that do not name theirs. */
export function createUpstreamRecordStore(
  connection: RedisConnection,
  forgejoClientId: string,
  firstForgejoClientId = forgejoClientId,
): UpstreamRecordStore {
  const application = { forgejoClientId, firstForgejoClientId };

  /** Runs a script that returns 1 or 0. With `countsRepetition`, it has also succeeded once a reply was lost. */
  async function succeeds<Argument extends string>(
    script: LuaScript<(typeof keys)[number], Argument>,
    account: AccountId,
    args: Record<Argument, string | number>,
    countsRepetition = false,
  ): Promise<boolean> {
    const keys = {
      record: authKeys.upstream(forgejoClientId, account),
      accountGrants: authKeys.accountGrants(account),
    };
    const { reply, wasRepeated } = await runRepeatable(connection, (redis) => script.run(redis, keys, args));
    return reply === 1 || (countsRepetition && wasRepeated);
  }

  return {
    async read(account) {
      const key = authKeys.upstream(forgejoClientId, account);
      const read = connection.runIdempotent((redis) => redis.hmget(key, "ciphertext", "checkedSec"));
      const [ciphertext, checkedSec] = await read;
      return typeof ciphertext === "string" ? { ciphertext, checkedSec: Number(checkedSec ?? 0) } : undefined;
    },

    write: (account, { ciphertext, order, renewAtSec, keepUntilSec }, replacing) =>
      succeeds(writeRecord, account, {
        ...application,
        ...order,
        ciphertext,
        renewAt: renewAtSec,
        keepUntil: keepUntilSec,
        unclaimedSec,
        mustReplace: replacing === undefined ? 0 : 1,
        replacing: replacing ?? "",
      }),

    amend: (account, version, ciphertext) => succeeds(amendRecord, account, { version, ciphertext }),

    remove: (account, version) => succeeds(removeRecord, account, { version }, true),

    removeUnused: (account, version) => succeeds(removeUnclaimedRecord, account, { ...application, version }),

    // Twice does no harm, but not at all would.
    claimUserCheck: (account, nowSec, everySec) =>
      succeeds(claimUserCheck, account, { nowSec, everySec }, true),

    async releaseUserCheck(account) {
      const key = authKeys.upstream(forgejoClientId, account);
      await connection.runIdempotent((redis) => redis.hdel(key, "checkedSec"));
    },
  };
}
