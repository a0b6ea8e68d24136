import { randomUUID } from "node:crypto";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { defineScript, readLua } from "./lua-script.ts";

const releaseKey = defineScript(readLua("release-key"), { keys: ["key"], args: ["owner"] });

/** What a claimed key holds, before the id of its owner. */
export const claimedBy = "claimed-by:";

/**
 * Claims a key for exactly one caller until `lifeMs` pass, also when Redis loses the reply. Resolves with what releases it, or
 * with undefined when the key exists. Both reject with StoreUnavailableError.
 */
export async function claimKey(
  connection: RedisConnection,
  key: string,
  lifeMs: number,
): Promise<(() => Promise<void>) | undefined> {
  const owner = `${claimedBy}${randomUUID()}`;
  const before = await connection.runIdempotent((redis) => redis.set(key, owner, "PX", lifeMs, "NX", "GET"));
  if (before !== null && before !== owner) return undefined;
  return async () => {
    await connection.runIdempotent((redis) => releaseKey.run(redis, { key }, { owner }));
  };
}
