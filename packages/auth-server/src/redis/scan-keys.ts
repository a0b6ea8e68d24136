import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";

const keysPerStep = 1000;

/** All keys with the prefix, in steps between which Redis serves others. A key may come twice (SCAN). */
export async function* scanKeys(connection: RedisConnection, prefix: string): AsyncGenerator<string> {
  let cursor = "0";
  do {
    const [next, found] = await connection.runIdempotent((redis) =>
      redis.scan(cursor, "MATCH", `${prefix}*`, "COUNT", keysPerStep),
    );
    yield* found;
    cursor = next;
  } while (cursor !== "0");
}
