import type { RecordStore } from "../provider/record-store.ts";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";

/** Records whose keys `keyOf` makes of their ids. */
export function createRecordStore(redis: RedisConnection, keyOf: (id: string) => string): RecordStore {
  return {
    async set(id, payload, expiresInSec) {
      // Redis rejects 0, which is what a record that is written again in its last second has left.
      const atLeastSec = Math.max(1, expiresInSec);
      await redis.run((commands) => commands.set(keyOf(id), payload, "EX", atLeastSec));
    },
    async find(id) {
      return (await redis.run((commands) => commands.get(keyOf(id)))) ?? undefined;
    },
    async expire(id, expiresInSec) {
      await redis.run((commands) => commands.expire(keyOf(id), expiresInSec, "LT"));
    },
  };
}
