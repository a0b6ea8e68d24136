import { parseRecord } from "@fjmcp/shared/parse-record";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { accountEvent, type AccountHistory } from "../grant/account-history.ts";
import { accountsOf } from "./accounts-of.ts";
import { authKeys, prefixOf } from "./auth-keys.ts";

const maxEvents = 500;
const keptSec = 90 * 24 * 3600;

export function createAccountHistory(redis: RedisConnection): AccountHistory {
  return {
    accounts: () => accountsOf(redis, prefixOf(authKeys.accountHistory)),
    async add(account, event) {
      const key = authKeys.accountHistory(account);
      await redis.run((commands) =>
        commands
          .multi()
          .lpush(key, JSON.stringify(event))
          .ltrim(key, 0, maxEvents - 1)
          .expire(key, keptSec)
          .exec(),
      );
    },
    async list(account, count = maxEvents) {
      const key = authKeys.accountHistory(account);
      const texts = await redis.runIdempotent((commands) => commands.lrange(key, 0, count - 1));
      return texts.flatMap((text) => parseRecord(accountEvent, text) ?? []);
    },
  };
}
