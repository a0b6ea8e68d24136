import { randomUUID } from "node:crypto";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { defineScript, readLua } from "./lua-script.ts";

const releaseKey = defineScript(readLua("release-key"), { keys: ["key"], args: ["owner"] });

/** What a claimed key holds, before the id of its owner. */
export const claimedBy = "claimed-by:";

const retryMs = 500;
/** How long a release is tried again in the background. */
const maxReleaseMs = 60_000;

/**
 * Claims a key for exactly one caller until `lifeMs` pass, also when Redis loses the reply. Resolves with what releases it,
 * or with undefined when the key exists. Rejects with StoreUnavailableError, and then holds no claim for long. The release
 * never rejects: while Redis is away, it goes on in the background.
 */
export async function claimKey(
  connection: RedisConnection,
  key: string,
  lifeMs: number,
): Promise<(() => Promise<void>) | undefined> {
  const owner = `${claimedBy}${randomUUID()}`;
  const release = (giveUpAtMs: number): Promise<void> =>
    connection
      .runIdempotent((redis) => releaseKey.run(redis, { key }, { owner }))
      .then(() => undefined)
      .catch(() => {
        if (performance.now() < giveUpAtMs) setTimeout(() => void release(giveUpAtMs), retryMs).unref();
      });
  const start = () => release(performance.now() + Math.min(lifeMs, maxReleaseMs));
  try {
    const before = await connection.runIdempotent((redis) =>
      redis.set(key, owner, "PX", lifeMs, "NX", "GET"),
    );
    return before === null || before === owner ? start : undefined;
  } catch (error) {
    // It may have been claimed: only the reply may be lost.
    void start();
    throw error;
  }
}
