import { accountIdSchema, type AccountId } from "@fjmcp/shared/ids";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { scanKeys } from "./scan-keys.ts";

/** The accounts that have a key of a kind, which is the prefix and their id. */
export async function accountsOf(redis: RedisConnection, prefix: string): Promise<AccountId[]> {
  const accounts = new Set<AccountId>();
  for await (const key of scanKeys(redis, prefix))
    accounts.add(accountIdSchema.parse(key.slice(prefix.length)));
  return [...accounts];
}
