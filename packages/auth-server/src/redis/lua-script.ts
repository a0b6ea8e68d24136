import { createHash } from "node:crypto";
import { type Redis, ReplyError } from "ioredis";

/** A Lua script: one atomic step in Redis, sent once and then called by its digest. */
export interface Script {
  run(redis: Redis, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
}

export function defineScript(lua: string): Script {
  // EVALSHA names a script by its SHA-1; nothing rests on it being collision-free.
  const digest = createHash("sha1").update(lua).digest("hex");
  return {
    async run(redis, keys, args) {
      try {
        return await redis.evalsha(digest, keys.length, ...keys, ...args);
      } catch (error) {
        if (!(error instanceof ReplyError) || !(error as Error).message.startsWith("NOSCRIPT")) throw error;
        return redis.eval(lua, keys.length, ...keys, ...args);
      }
    },
  };
}
