import { parseRecord } from "@fjmcp/shared/parse-record";
import type { Clock } from "@fjmcp/shared/clock";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { accountEvent, type AccountHistory } from "../grant/account-history.ts";
import { accountsOf } from "./accounts-of.ts";
import { authKeys, prefixOf } from "./auth-keys.ts";

const maxEvents = 500;
const keptSec = 90 * 24 * 3600;

/** `clock`: what is older than 90 days is left out, also where newer events keep the list alive. */
export function createAccountHistory(redis: RedisConnection, clock: Clock): AccountHistory {
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
      const keptFromMs = clock() - keptSec * 1000;
      const events = texts.flatMap((text) => parseRecord(accountEvent, text) ?? []);
      return events.filter(({ atMs }) => atMs >= keptFromMs);
    },
  };
}
