import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import type { Redis } from "ioredis";

/**
 * As `runIdempotent`, for a step that replies differently once it is done. With `wasRepeated`, the reply may be that of such a
 * repetition: an earlier reply was lost.
 */
export async function runRepeatable<T>(
  connection: RedisConnection,
  commands: (redis: Redis) => Promise<T>,
): Promise<{ reply: T; wasRepeated: boolean }> {
  let attempts = 0;
  const reply = await connection.runIdempotent((redis) => {
    attempts += 1;
    return commands(redis);
  });
  return { reply, wasRepeated: attempts > 1 };
}
